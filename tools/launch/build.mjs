import { runQuiet } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

/** Nx without daemon, cloud, terminal UI or usage statistics: nothing leaves the machine. */
export const NX_ENV = { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };

/** Builds these apps, or takes them from Nx's cache. */
export const build = (apps) =>
  runQuiet(
    'Building',
    process.execPath,
    [inWorkspace('node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'run-many', '-t', 'build', '-p', apps.join(',')],
    { env: NX_ENV },
  );
