import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inWorkspace } from './workspace.mjs';

const newest = (folder) =>
  Math.max(0, ...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

/** Folders whose files end up in the bundle, and some that do not: looking is cheaper than knowing. */
const sourcesOf = (app) => [
  join(app, 'src'),
  ...readdirSync(inWorkspace('libs'))
    .map((name) => inWorkspace('libs', name, 'src'))
    .filter(existsSync),
];

const isFresh = (app, bundle) => {
  if (!existsSync(bundle)) return false;
  const builtAt = statSync(bundle).mtimeMs;
  return [...sourcesOf(app).map(newest), statSync(inWorkspace('pnpm-lock.yaml')).mtimeMs].every((at) => at <= builtAt);
};

/** Runs a step with everything it says on stderr. */
const step = (script, cwd) => {
  const { status } = spawnSync(process.execPath, [script], { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(2);
};

/**
 * The bundle of an app, built when its sources are newer. Ends the process with 2 when it cannot be built. Stdout stays empty.
 * @returns its path
 */
export const freshBundle = (name) => {
  const app = inWorkspace('apps', name);
  const bundle = join(app, 'dist', 'main.mjs');
  if (!isFresh(app, bundle)) {
    step(inWorkspace('tools', 'launch', 'install.mjs'), inWorkspace());
    step(inWorkspace('tools', 'build', 'bundle.mjs'), app);
  }
  return bundle;
};

/** `npm run` starts in the workspace; the files that somebody names are where they are. */
export const goWhereCalled = (script) => {
  if (process.env.npm_lifecycle_event === script && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
};
