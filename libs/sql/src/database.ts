import { AsyncLocalStorage } from 'node:async_hooks';
import { SQLSTATE, SqlError } from './errors.ts';
import type { Database } from './sql.ts';
import { runTransaction, type ScriptSql, type Session } from './transaction.ts';

/** What the drivers of this library open: a database whose schema the migrator can change. */
export interface MigratableDatabase extends Database {
  /** A transaction that no other caller of `exclusively` runs at the same time, in any process. @throws SqlError */
  exclusively<T>(work: (tx: ScriptSql) => Promise<T>): Promise<T>;
}

/** What a driver gives. */
export interface Driver {
  /**
   * Lends a connection for as long as `work` runs.
   * @param forSchema  gives each statement the time that a change of the schema may need
   * @throws SqlError  also when none is free in time
   */
  use<T>(work: (session: Session) => Promise<T>, forSchema: boolean): Promise<T>;
  /** Waits until this transaction is the only one that changes the schema. */
  lockSchema(tx: ScriptSql): Promise<void>;
  close(): Promise<void>;
}

/** The port over a driver; what both drivers promise alike is here. */
export const databaseOver = (driver: Driver): MigratableDatabase => {
  const running = new Set<Promise<unknown>>();
  // Asking the database itself from inside its transaction would wait for the only connection of an embedded database, and
  // on a server see another state than the transaction does.
  const inside = new AsyncLocalStorage<{ open: boolean }>();
  let closing: Promise<void> | undefined;

  const refuseInside = (): void => {
    if (inside.getStore()?.open) {
      throw new SqlError(SQLSTATE.active_sql_transaction, 'inside a transaction use the tx it was given');
    }
  };

  const track = async <T>(work: (session: Session) => Promise<T>, forSchema = false): Promise<T> => {
    refuseInside();
    if (closing !== undefined) throw new SqlError(SQLSTATE.connection_does_not_exist, 'the database is closed');
    const result = driver.use(work, forSchema);
    running.add(result);
    try {
      return await result;
    } finally {
      running.delete(result);
    }
  };

  const transact = <T>(work: (tx: ScriptSql) => Promise<T>, forSchema = false): Promise<T> =>
    track((session) => {
      const here = { open: true };
      return inside
        .run(here, () => runTransaction(session, work))
        .finally(() => {
          here.open = false;
        });
    }, forSchema);

  const close = async (): Promise<void> => {
    await Promise.allSettled(running);
    await driver.close();
  };

  return {
    query: (text, params) => track((session) => session.run(text, params)),
    transaction: (work) => transact(work),
    exclusively: (work) =>
      transact(async (tx) => {
        await driver.lockSchema(tx);
        return work(tx);
      }, true),
    close: async () => {
      refuseInside();
      closing ??= close();
      await closing;
    },
  };
};
