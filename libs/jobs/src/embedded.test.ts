import { type EmbeddedDatabase, migrate, openPglite } from '@portolan/sql';
import { until } from '@portolan/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedPool } from './backends/embedded-pool.ts';
import { jobsConformance } from './jobs.conformance.ts';
import { createArena, orderJob } from './testing/arena.ts';

const OPEN_TIMEOUT_MS = 120_000;

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await openPglite();
}, OPEN_TIMEOUT_MS);
afterAll(() => database.close());

const backend = () => ({ kind: 'embedded', database }) as const;

jobsConformance('jobs in the embedded database', backend, async (job, schedule) => {
  const text = 'select next_run_ms from bullmq.scheduler where queue = $1 and scheduler_id = $2';
  const [row] = await database.query(text, [job, schedule]);
  return Number(row?.next_run_ms);
});

test('our own tables may have the names of the queue’s, and neither sees the other', async () => {
  const names = ['job', 'meta', 'event', 'migration', 'scheduler', 'metrics', 'dedup'];
  const sql = names
    .map((name) => `create table ${name} (own text); insert into ${name} values ('${name}');`)
    .join('\n');
  const functions = `create function add_job() returns text language sql as $$ select 'ours' $$;`;
  const arena = createArena(backend);
  const ran: string[] = [];
  const job = orderJob(async ({ order }) => void ran.push(order));
  const jobs = await arena.open([job]);
  await migrate(database, 'shop', [{ id: '0001_init', sql: sql + functions }]);
  jobs.start();
  await jobs.enqueue(job, { order: 'a' });
  await until(() => ran.length === 1);
  await arena.close();
  for (const name of names) expect(await database.query(`select own from ${name}`)).toEqual([{ own: name }]);
  expect(await database.query('select add_job() as whose')).toEqual([{ whose: 'ours' }]);
  expect(await migrate(database, 'shop', [{ id: '0001_init', sql: sql + functions }])).toEqual([]);
});

test('inside of a transaction of the same database an enqueue is refused, and says why', async () => {
  const arena = createArena(backend);
  const job = orderJob(() => Promise.resolve());
  const jobs = await arena.open([job]);
  const inside = database.transaction(() => jobs.enqueue(job, { order: 'a' }));
  await expect(inside).rejects.toMatchObject({ code: '25001' });
  await jobs.enqueue(job, { order: 'a' });
  await arena.close();
});

test('a list of texts reaches the database as it is', async () => {
  const pool = new EmbeddedPool(database);
  // The database cannot hold this one character in a text.
  const text = fc.string({ unit: 'binary' }).map((made) => made.replaceAll('\0', ''));
  const list = fc.array(fc.option(text));
  await fc.assert(
    fc.asyncProperty(list, async (texts) => {
      const { rows } = await pool.query('select to_jsonb($1::text[]) as texts', [texts]);
      expect(rows).toEqual([{ texts }]);
    }),
    { numRuns: 50 },
  );
});
