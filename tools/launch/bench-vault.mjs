/** `npm run bench:vault`: builds the vault and measures it over the PostgreSQL server at TEST_POSTGRES_URL. */
import { importSource } from '../build/import-source.mjs';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { inWorkspace } from './workspace.mjs';

const { TEST_POSTGRES_URL: server } = process.env;
if (server === undefined) {
  process.stderr.write('Set TEST_POSTGRES_URL to a PostgreSQL server; a database is made there and deleted again.\n');
  process.exitCode = 1;
} else {
  requireNode();
  await install();
  await build(['@portolan/vault']);
  const { benchVault } = await importSource('apps/vault/src/testing/bench/main.ts');
  await benchVault(inWorkspace('apps', 'vault', 'dist', 'main.mjs'), server);
}
