import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { afterAll, beforeAll, describe } from 'vitest';
import { platformConformance } from './conformance/platform.conformance.ts';

/** Alone it takes two seconds; a busy machine needs longer. */
const OPEN_TIMEOUT_MS = 120_000;

describe('the control plane over PGlite', { timeout: 60_000 }, () => {
  let database: MigratableDatabase;
  beforeAll(async () => {
    database = await openPglite();
  }, OPEN_TIMEOUT_MS);
  afterAll(() => database.close());
  platformConformance(async () => database);
});
