/** `npm run build -- [app…]`, and the build step of `npm start` and `npm test`. */
import { fileURLToPath } from 'node:url';
import { runLoud, runQuiet } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

const nx = inWorkspace('node_modules', 'nx', 'dist', 'bin', 'nx.js');

/** Nx without daemon, cloud, terminal UI or usage statistics: nothing leaves the machine. */
const NX_ENV = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };

/** What `npm start` runs: the services, and the command that supervises them. */
export const PLATFORM = ['@portolan/vault', '@portolan/control-plane', '@portolan/gateway', '@portolan/standalone'];

/** Builds these projects, or takes them from Nx's cache. */
export const build = (projects) =>
  runQuiet('Building', process.execPath, [nx, 'run-many', '-t', 'build', '-p', projects.join(',')], { env: NX_ENV });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const only = process.argv.slice(2).map((app) => `@portolan/${app}`);
  const selection = only.length === 0 ? [] : ['-p', only.join(',')];
  process.exitCode = await runLoud(process.execPath, [nx, 'run-many', '-t', 'build', ...selection], { env: NX_ENV });
}
