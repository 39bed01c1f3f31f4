import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigratableDatabase } from './database.ts';
import { isTimeout, isUnavailable } from './errors.ts';
import { migrate } from './migrate.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import { type TemporaryPostgres, temporaryPostgres } from './testing/temporary-postgres.ts';

const server = process.env.TEST_POSTGRES_URL;

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const faults = (serverUrl: string): void => {
  let own: TemporaryPostgres | undefined;
  const opened: MigratableDatabase[] = [];
  const open = (options: Partial<PostgresOptions> = {}): MigratableDatabase => {
    const database = openPostgres({ url: own?.url ?? serverUrl, ...options });
    opened.push(database);
    return database;
  };
  beforeAll(async () => {
    own = await temporaryPostgres(serverUrl);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
  });
  afterAll(() => own?.remove());

  test('of many processes that migrate at the same time one works and the others wait', async () => {
    const steps = [
      { id: '0001_init', sql: 'create table race (id integer); select pg_sleep(0.2)' },
      { id: '0002_row', sql: 'insert into race values (1)' },
    ];
    const pods = Array.from({ length: 5 }, () => open());
    const results = await Promise.all(pods.map((pod) => migrate(pod, 'race', steps)));
    expect(results.filter((applied) => applied.length > 0)).toEqual([['0001_init', '0002_row']]);
    expect(await open().query('select id from race')).toEqual([{ id: 1 }]);
  });

  test('a migration may run longer than a statement of a request', async () => {
    const database = open({ statementTimeoutMs: 50 });
    expect(await migrate(database, 'slow', [{ id: '0001_slow', sql: 'select pg_sleep(0.3)' }])).toEqual(['0001_slow']);
    expect(await failureOf(database.query('select pg_sleep(10)'))).toSatisfy(isTimeout);
  });

  test('a statement that runs too long is ended, and its connection goes on', async () => {
    const database = open({ statementTimeoutMs: 50, maxConnections: 1 });
    const [before] = await database.query('select pg_backend_pid() as pid');
    expect(await failureOf(database.query('select pg_sleep(10)'))).toSatisfy(isTimeout);
    expect(await database.query('select pg_backend_pid() as pid')).toEqual([before]);
  });

  test('a transaction whose connection dies fails and keeps nothing, and the next one gets a new connection', async () => {
    const database = open({ maxConnections: 1 });
    await database.query('create table if not exists kept (id integer)');
    const failure = await failureOf(
      database.transaction(async (tx) => {
        await tx.query('insert into kept values (1)');
        const [row] = await tx.query('select pg_backend_pid() as pid');
        await open().query('select pg_terminate_backend($1)', [Number(row?.pid)]);
        await tx.query('insert into kept values (2)');
      }),
    );
    expect(failure).toSatisfy(isUnavailable);
    expect(await database.query('select * from kept')).toEqual([]);
  });

  test('a transaction that stands still loses its connection instead of holding it for ever', async () => {
    const database = open({ maxConnections: 1, idleTransactionTimeoutMs: 50 });
    const watcher = open();
    const failure = await failureOf(
      database.transaction(async (tx) => {
        const [row] = await tx.query('select pg_backend_pid() as pid');
        const find = () => watcher.query('select 1 from pg_stat_activity where pid = $1', [Number(row?.pid)]);
        await until(async () => (await find()).length === 0, { timeoutMs: 30_000, what: 'the end of the connection' });
        await tx.query('select 1');
      }),
    );
    expect(failure).toSatisfy(isUnavailable);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a program whose schema is up to date starts without the right to create anything', async () => {
    const owner = open();
    const steps = [{ id: '0001_init', sql: 'select 1' }];
    await migrate(owner, 'least', steps);
    await owner.query('drop role if exists portolan_least');
    await owner.query(`create role portolan_least login password 'least'`);
    await owner.query('grant select on schema_migrations to portolan_least');
    await owner.query('revoke create on schema public from public');
    const url = new URL(own?.url ?? serverUrl);
    url.username = 'portolan_least';
    url.password = 'least';
    expect(await migrate(open({ url: url.href }), 'least', steps)).toEqual([]);
    await owner.query('drop owned by portolan_least');
    await owner.query('drop role portolan_least');
  });
};

if (server === undefined) {
  test.skip('faults of PostgreSQL: set TEST_POSTGRES_URL to a server and run npm run test:integration');
} else {
  describe('PostgreSQL', () => faults(server));
}
