#!/usr/bin/env node
/** `npm run portolan -- COMMAND` and `npx portolan`: the command line, built when its sources are newer. Its stdout is its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireNode } from './node-version.mjs';
import { inWorkspace } from './workspace.mjs';

const app = inWorkspace('apps', 'cli');
const bundle = join(app, 'dist', 'main.mjs');

const newest = (folder) =>
  Math.max(0, ...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

/** Folders whose files end up in the bundle, and some that do not: looking is cheaper than knowing. */
const sources = () => [
  join(app, 'src'),
  ...readdirSync(inWorkspace('libs'))
    .map((name) => inWorkspace('libs', name, 'src'))
    .filter(existsSync),
];

const isFresh = () => {
  if (!existsSync(bundle)) return false;
  const builtAt = statSync(bundle).mtimeMs;
  return [...sources().map(newest), statSync(inWorkspace('pnpm-lock.yaml')).mtimeMs].every((at) => at <= builtAt);
};

/** Runs a step with everything it says on stderr. */
const step = (script, cwd) => {
  const { status } = spawnSync(process.execPath, [script], { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(2);
};

requireNode();
if (!isFresh()) {
  step(inWorkspace('tools', 'launch', 'install.mjs'), inWorkspace());
  step(inWorkspace('tools', 'build', 'bundle.mjs'), app);
}
// `npm run` starts in the workspace; the files that somebody names are where they are.
if (process.env.npm_lifecycle_event === 'portolan' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import(pathToFileURL(bundle).href);
