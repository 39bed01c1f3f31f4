import { type Database, type MigratableDatabase, migrate, readMigrations } from '@portolan/sql';

const MODULE_IN_SRC = new URL('../build.ts', import.meta.url).href;

/** A database with the vault's tables. */
export const withVaultTables = async (database: MigratableDatabase): Promise<MigratableDatabase> => {
  await migrate(database, 'vault', await readMigrations(MODULE_IN_SRC));
  return database;
};

/** Empties all but the audit, which cannot be emptied, and the head. */
export const emptyVaultTables = (sql: Database): Promise<unknown> =>
  sql.query(
    `truncate vault_tenant_keys, vault_tenant_key_versions, vault_credentials, vault_credential_versions,
       vault_credential_secrets, vault_rewraps, vault_changes, vault_service_keys, vault_canaries, vault_leases`,
  );
