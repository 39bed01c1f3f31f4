/**
 * `npm run bench`: installs and builds what changed, then measures the gateway; `npm run bench -- --help` lists the options.
 * `npm run bench -- --platform` measures how changes reach gateways instead: over the embedded stores, or over the servers that
 * TEST_POSTGRES_URL and TEST_REDIS_URL name.
 */
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { CommandFailed } from './run.mjs';
import { inWorkspace } from './workspace.mjs';

try {
  requireNode();
  await install();
  const isPlatform = process.argv.includes('--platform');
  const measured = isPlatform ? ['@portolan/vault', '@portolan/control-plane'] : ['@portolan/gateway'];
  await build([...measured, '@portolan/bench']);
  const entry = isPlatform ? 'platform.mjs' : 'main.mjs';
  await import(pathToFileURL(inWorkspace('apps', 'bench', 'dist', entry)).href);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
