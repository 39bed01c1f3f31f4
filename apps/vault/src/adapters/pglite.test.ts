import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { rotationConformance } from '../keyring/rotation.conformance.ts';
import { credentialsConformance } from '../ports/credentials.conformance.ts';
import { storesConformance } from '../ports/stores.conformance.ts';
import { tenantKeysConformance } from '../ports/tenant-keys.conformance.ts';
import { emptyVaultTables, withVaultTables } from '../testing/vault-database.ts';
import { sqlCredentials } from './credentials/sql.ts';
import { sqlTenantKeys } from './tenant-keys/sql.ts';

describe('the vault over PGlite', () => {
  let database: MigratableDatabase;
  beforeAll(async () => {
    database = await withVaultTables(await openPglite());
  });
  beforeEach(() => emptyVaultTables(database));
  afterAll(() => database.close());

  tenantKeysConformance(() => sqlTenantKeys(database));
  credentialsConformance(() => ({ tenantKeys: sqlTenantKeys(database), credentials: sqlCredentials(database) }));
  rotationConformance(() => database);
  storesConformance(() => database);
});
