import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { canaryConformance } from '../keyring/canary.conformance.ts';
import { rotationConformance } from '../keyring/rotation.conformance.ts';
import { credentialsConformance } from '../ports/credentials.conformance.ts';
import { storesConformance } from '../ports/stores.conformance.ts';
import { tenantKeysConformance } from '../ports/tenant-keys.conformance.ts';
import { emptyVaultTables, withVaultTables } from '../testing/vault-database.ts';
import { sqlCredentials } from './credentials/sql.ts';
import { sqlTenantKeys } from './tenant-keys/sql.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;

describe('the vault over PGlite', () => {
  let database: MigratableDatabase;
  beforeAll(async () => {
    database = await withVaultTables(await openPglite());
  }, START_MS);
  beforeEach(() => emptyVaultTables(database));
  afterAll(() => database.close());

  tenantKeysConformance(() => sqlTenantKeys(database));
  credentialsConformance(() => ({ tenantKeys: sqlTenantKeys(database), credentials: sqlCredentials(database) }));
  rotationConformance(() => database);
  storesConformance(() => database);
  canaryConformance(() => database);
});
