import { fileURLToPath } from 'node:url';
import { type Database, type MigratableDatabase, migrate } from '@portolan/sql';
import { readMigrations } from '../adapters/migrations.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** A database with the vault's tables. */
export const withVaultTables = async (database: MigratableDatabase): Promise<MigratableDatabase> => {
  await migrate(database, 'vault', await readMigrations(MIGRATIONS));
  return database;
};

export const emptyVaultTables = (sql: Database): Promise<unknown> =>
  sql.query(
    'truncate vault_tenant_keys, vault_tenant_key_versions, vault_credentials, vault_credential_versions, vault_credential_secrets, vault_rewraps',
  );
