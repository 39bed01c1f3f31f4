import { randomBytes } from 'node:crypto';
import { type MigratableDatabase, openPostgres } from '@portolan/sql';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { canaryConformance } from '../keyring/canary.conformance.ts';
import { rotationConformance } from '../keyring/rotation.conformance.ts';
import { credentialsConformance } from '../ports/credentials.conformance.ts';
import { storesConformance } from '../ports/stores.conformance.ts';
import { tenantKeysConformance } from '../ports/tenant-keys.conformance.ts';
import { emptyVaultTables, withVaultTables } from '../testing/vault-database.ts';
import { sqlCredentials } from './credentials/sql.ts';
import { sqlTenantKeys } from './tenant-keys/sql.ts';

const server = process.env.TEST_POSTGRES_URL;
const name =
  server === undefined ? 'the vault over PostgreSQL (set TEST_POSTGRES_URL to run)' : 'the vault over PostgreSQL';

describe.skipIf(server === undefined)(name, () => {
  const own = `vault_test_${randomBytes(6).toString('hex')}`;
  const onServer = async (statement: string): Promise<void> => {
    const admin = openPostgres({ url: server ?? '' });
    await admin.query(statement);
    await admin.close();
  };
  let database: MigratableDatabase;
  beforeAll(async () => {
    await onServer(`create database ${own}`);
    const url = new URL(server ?? '');
    url.pathname = own;
    database = await withVaultTables(openPostgres({ url: url.href }));
  });
  beforeEach(() => emptyVaultTables(database));
  afterAll(async () => {
    await database.close();
    await onServer(`drop database ${own}`);
  });

  tenantKeysConformance(() => sqlTenantKeys(database));
  credentialsConformance(() => ({ tenantKeys: sqlTenantKeys(database), credentials: sqlCredentials(database) }));
  rotationConformance(() => database);
  storesConformance(() => database);
  canaryConformance(() => database);
});
