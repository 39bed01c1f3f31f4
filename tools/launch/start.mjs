/** `npm start`: checks Node.js, installs and builds what changed, then runs the platform in this process. */
import { pathToFileURL } from 'node:url';
import { renderHelp } from '../../apps/standalone/src/help.mjs';
import { build, PLATFORM } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { CommandFailed } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

const start = async () => {
  requireNode();
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(renderHelp());
    return;
  }
  await install();
  await build(PLATFORM);
  await import(pathToFileURL(inWorkspace('apps', 'standalone', 'dist', 'main.mjs')).href);
};

try {
  await start();
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
