import { openPostgres } from '@portolan/sql';
import { afterAll, beforeAll, describe } from 'vitest';
import { killConformance } from '../testing/kill-conformance.ts';
import { bundleVault, type VaultBundle } from '../testing/start-vault-process.ts';
import { createVaultFolder, type VaultFolder } from '../testing/vault-service.ts';

const server = process.env.TEST_POSTGRES_URL;
const name = server === undefined ? 'a killed vault (set TEST_POSTGRES_URL to run)' : 'a killed vault over PostgreSQL';
/** Many more for a night: `VAULT_TEST_KILLS=200`. */
const KILLS = Number(process.env.VAULT_TEST_KILLS ?? 5);

describe.skipIf(server === undefined)(name, () => {
  const own = `vault_kill_${process.pid}`;
  const onServer = async (statement: string): Promise<void> => {
    const admin = openPostgres({ url: server ?? '' });
    await admin.query(statement);
    await admin.close();
  };
  let bundle: VaultBundle;
  let folder: VaultFolder;
  beforeAll(async () => {
    await onServer(`create database ${own}`);
    bundle = await bundleVault();
    folder = await createVaultFolder();
  });
  afterAll(async () => {
    await bundle.remove();
    await folder.remove();
    await onServer(`drop database ${own} with (force)`);
  });

  killConformance(async () => {
    const url = new URL(server ?? '');
    url.pathname = own;
    const env = { ...folder.env, VAULT_STORE: 'postgres', VAULT_DATABASE_URL: url.href };
    return { bundle, folder: { ...folder, env } };
  }, KILLS);
});
