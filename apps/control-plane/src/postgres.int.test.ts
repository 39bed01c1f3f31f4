import { randomBytes } from 'node:crypto';
import { type MigratableDatabase, openPostgres } from '@portolan/sql';
import { afterAll, beforeAll, describe } from 'vitest';
import { platformConformance } from './conformance/platform.conformance.ts';

const server = process.env.TEST_POSTGRES_URL;
const name = `the control plane over PostgreSQL${server === undefined ? ' (set TEST_POSTGRES_URL to run)' : ''}`;

describe.skipIf(server === undefined)(name, () => {
  const own = `control_plane_test_${randomBytes(6).toString('hex')}`;
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
    database = openPostgres({ url: url.href });
  });
  afterAll(async () => {
    await database.close();
    await onServer(`drop database ${own}`);
  });
  platformConformance(async () => database);
});
