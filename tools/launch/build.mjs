/** `npm run build`, and the build step of `npm start` and `npm test`. */
import { fileURLToPath } from 'node:url';
import { runLoud, runQuiet } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

const nx = inWorkspace('node_modules', 'nx', 'dist', 'bin', 'nx.js');

/** Nx without daemon, cloud, terminal UI or usage statistics: nothing leaves the machine. */
const NX_ENV = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };

/** Builds these apps, or takes them from Nx's cache. */
export const build = (apps) =>
  runQuiet('Building', process.execPath, [nx, 'run-many', '-t', 'build', '-p', apps.join(',')], { env: NX_ENV });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runLoud(process.execPath, [nx, 'run-many', '-t', 'build'], { env: NX_ENV });
}
