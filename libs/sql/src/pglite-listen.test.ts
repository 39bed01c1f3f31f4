import { until } from '@portolan/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUnavailable } from './errors.ts';
import { type EmbeddedDatabase, openPglite } from './pglite.ts';

const OPEN_TIMEOUT_MS = 120_000;

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await openPglite();
}, OPEN_TIMEOUT_MS);
afterAll(() => database.close());

const undone = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);

test('what a transaction sends is heard when it is kept, and not when it is undone', async () => {
  const heard: string[] = [];
  const end = await database.listen('news', (payload) => heard.push(payload));
  await undone(
    database.transaction(async (tx) => {
      await tx.query(`select pg_notify('news', 'undone')`);
      throw new Error('no');
    }),
  );
  await database.transaction((tx) => tx.query(`select pg_notify('news', 'kept')`));
  await until(() => heard.length > 0);
  await end();
  await database.query(`select pg_notify('news', 'late')`);
  expect(heard).toEqual(['kept']);
});

test('to listen waits for the transaction that is open, so that its end does not undo it', async () => {
  const heard: string[] = [];
  let listening: Promise<() => Promise<void>> | undefined;
  await undone(
    database.transaction(async (tx) => {
      listening = database.listen('more_news', (payload) => heard.push(payload));
      await tx.query('select 1');
      throw new Error('no');
    }),
  );
  const end = await listening;
  await database.query(`select pg_notify('more_news', 'here')`);
  await until(() => heard.length > 0);
  await end?.();
});

test('a database that is closed is not listened to', async () => {
  await database.close();
  const late = await database.listen('news', () => undefined).catch((error: unknown) => error);
  expect(isUnavailable(late)).toBe(true);
});
