import { withTimeout } from '@portolan/testing';
import { expect, test } from 'vitest';
import { SQLSTATE } from './errors.ts';
import type { Database, Sql } from './sql.ts';

const DEADLINE_MS = 30_000;

const add = (sql: Sql, id: number) => sql.query('insert into item (id, name) values ($1, $2)', [id, `item ${id}`]);

const idsIn = async (sql: Sql): Promise<unknown[]> =>
  (await sql.query('select id from item order by id')).map(({ id }) => id);

/** Promises of transactions. They need the table of `useItemTable`. */
export const transactionPromises = (db: () => Database): void => {
  test('a transaction gives the result of its work and keeps what it wrote', async () => {
    const result = await db().transaction(async (tx) => {
      await add(tx, 1);
      return (await idsIn(tx)).length;
    });
    expect(result).toBe(1);
    expect(await idsIn(db())).toEqual([1]);
  });

  test('what the work throws undoes everything and is thrown on as it is', async () => {
    const failure = new Error('changed my mind');
    const work = db().transaction(async (tx) => {
      await add(tx, 1);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await idsIn(db())).toEqual([]);
  });

  test('an inner transaction that fails undoes its own part only', async () => {
    await db().transaction(async (tx) => {
      await add(tx, 1);
      await tx
        .transaction(async (inner) => {
          await add(inner, 2);
          await add(inner, 1);
        })
        .catch(() => undefined);
      await tx.transaction((inner) => add(inner, 3));
      await add(tx, 4);
    });
    expect(await idsIn(db())).toEqual([1, 3, 4]);
  });

  test('an inner transaction that was kept goes with the outer one that fails', async () => {
    const work = db().transaction(async (tx) => {
      await tx.transaction((inner) => add(inner, 1));
      throw new Error('outer');
    });
    await expect(work).rejects.toThrow('outer');
    expect(await idsIn(db())).toEqual([]);
  });

  test('transactions nest as deep as needed', async () => {
    await db().transaction(async (one) => {
      await add(one, 1);
      await one.transaction(async (two) => {
        await add(two, 2);
        await two
          .transaction(async (three) => {
            await add(three, 3);
            throw new Error('third');
          })
          .catch(() => undefined);
        await add(two, 4);
      });
    });
    expect(await idsIn(db())).toEqual([1, 2, 4]);
  });

  test('a transaction is not kept after a statement failed, even if the work caught the error', async () => {
    const work = db().transaction(async (tx) => {
      await add(tx, 1);
      await add(tx, 1).catch(() => undefined);
      return 'looks fine';
    });
    await expect(work).rejects.toMatchObject({ code: SQLSTATE.unique_violation });
    expect(await idsIn(db())).toEqual([]);
  });

  test('a constraint that is checked at the end fails the transaction', async () => {
    const work = db().transaction(async (tx) => {
      await tx.query('set constraints all deferred');
      await tx.query(`insert into item (id, name, parent) values (1, 'one', 99)`);
    });
    await expect(work).rejects.toMatchObject({ code: SQLSTATE.foreign_key_violation });
    expect(await idsIn(db())).toEqual([]);
  });

  test('statements of a transaction run in the order of their calls, those not awaited included', async () => {
    await db().transaction(async (tx) => {
      const writes = [5, 4, 3].map((id) => add(tx, id));
      await Promise.all(writes);
      void add(tx, 6);
    });
    expect(await idsIn(db())).toEqual([3, 4, 5, 6]);
  });

  test('a tx is of no use after its end, nor while an inner one is open', async () => {
    let kept: Sql | undefined;
    await db().transaction(async (tx) => {
      kept = tx;
      await tx.transaction(async () => {
        await expect(tx.query('select 1')).rejects.toMatchObject({ code: SQLSTATE.active_sql_transaction });
        await expect(tx.transaction(() => Promise.resolve())).rejects.toMatchObject({
          code: SQLSTATE.active_sql_transaction,
        });
      });
      await tx.query('select 1');
    });
    await expect(kept?.query('select 1')).rejects.toMatchObject({ code: SQLSTATE.no_active_sql_transaction });
  });

  test('the database itself, called inside its transaction, refuses instead of waiting for ever', async () => {
    await db().transaction(async (tx) => {
      const refusal = { code: SQLSTATE.active_sql_transaction };
      await expect(db().query('select 1')).rejects.toMatchObject(refusal);
      await expect(db().transaction(() => Promise.resolve())).rejects.toMatchObject(refusal);
      await expect(db().close()).rejects.toMatchObject(refusal);
      await add(tx, 1);
    });
    expect(await idsIn(db())).toEqual([1]);
  });

  test('concurrent transactions lose no update', async () => {
    await add(db(), 1);
    const bump = () =>
      db().transaction(async (tx) => {
        const [row] = await tx.query('select size from item where id = 1 for update');
        await tx.query('update item set size = $1 where id = 1', [BigInt(String(row?.size)) + 1n]);
      });
    await withTimeout(Promise.all(Array.from({ length: 40 }, bump)), DEADLINE_MS, 'the end of all transactions');
    expect(await db().query('select size from item')).toEqual([{ size: 40n }]);
  });

  test('of many who insert the same key exactly one succeeds', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => db().transaction((tx) => add(tx, 1))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await idsIn(db())).toEqual([1]);
  });

  test('nobody sees a transaction before its end', async () => {
    const seen = db().transaction(async (tx) => {
      await add(tx, 1);
      await add(tx, 2);
    });
    const [counted] = await Promise.all([db().query('select count(*) as value from item'), seen]);
    expect([0n, 2n]).toContain(counted[0]?.value);
  });
};
