/** `npm run bench`: installs and builds what changed, then measures the gateway. `npm run bench -- --help` lists the options. */
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { CommandFailed } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

try {
  requireNode();
  await install();
  await build(['@portolan/gateway', '@portolan/bench']);
  await import(pathToFileURL(inWorkspace('apps', 'bench', 'dist', 'main.mjs')).href);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
