import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { afterAll, beforeAll, describe } from 'vitest';
import { platformConformance } from './conformance/platform.conformance.ts';

describe('the control plane over PGlite', () => {
  let database: MigratableDatabase;
  beforeAll(async () => {
    database = await openPglite();
  });
  afterAll(() => database.close());
  platformConformance(async () => database);
});
