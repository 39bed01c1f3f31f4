import { afterAll, beforeAll, test } from 'vitest';
import { databaseConformance } from './database.conformance.ts';
import { openPostgres } from './postgres.ts';
import { type TemporaryPostgres, temporaryPostgres } from './testing/temporary-postgres.ts';

const server = process.env.TEST_POSTGRES_URL;

if (server === undefined) {
  test.skip('PostgreSQL: set TEST_POSTGRES_URL to a server and run npm run test:integration');
} else {
  let own: TemporaryPostgres | undefined;
  beforeAll(async () => {
    own = await temporaryPostgres(server);
  });
  afterAll(() => own?.remove());
  databaseConformance('PostgreSQL', async () => openPostgres({ url: own?.url ?? server }));
}
