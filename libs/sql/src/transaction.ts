import { SQLSTATE, SqlError } from './errors.ts';
import type { Row, Sql, SqlValue } from './sql.ts';

/** One connection while it belongs to one caller. */
export interface Session {
  /** One statement. @throws SqlError */
  run(text: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Any number of statements without parameters. @throws SqlError */
  script(text: string): Promise<void>;
  /** Says that the connection is in an unknown state and must not be used again. */
  discard(): void;
}

/** A transaction that can also run a whole script, which is what the migrator needs. */
export interface ScriptSql extends Sql {
  /** @throws SqlError */
  script(text: string): Promise<void>;
}

/** How one level of a transaction begins and ends; level 0 is the transaction, the others are savepoints in it. */
const commandsOf = (level: number) =>
  level === 0
    ? { begin: 'begin', keep: 'commit', undo: 'rollback' }
    : {
        begin: `savepoint level_${level}`,
        keep: `release savepoint level_${level}`,
        undo: `rollback to savepoint level_${level}`,
      };

const refusalOf = (state: 'inner' | 'ended'): SqlError =>
  state === 'inner'
    ? new SqlError(
        SQLSTATE.active_sql_transaction,
        'an inner transaction is open: until it ends, use the tx it was given',
      )
    : new SqlError(SQLSTATE.no_active_sql_transaction, 'this transaction has ended');

const undo = async (session: Session, command: string): Promise<void> => {
  try {
    await session.run(command);
  } catch {
    session.discard();
  }
};

/**
 * Runs `work` as one level of a transaction. Its statements run one after another in the order of their calls, those that
 * nobody awaited included. After a statement failed the level cannot be kept, even if `work` caught the error: the server
 * would answer COMMIT with a silent ROLLBACK.
 * @throws what `work` throws, or the SqlError of the first statement that failed
 */
export const runTransaction = async <T>(
  session: Session,
  work: (tx: ScriptSql) => Promise<T>,
  level = 0,
): Promise<T> => {
  const commands = commandsOf(level);
  let state: 'open' | 'inner' | 'ended' = 'open';
  let tail: Promise<unknown> = Promise.resolve();
  const failures: unknown[] = [];

  const next = <R>(step: () => Promise<R>): Promise<R> => {
    if (state !== 'open') return Promise.reject(refusalOf(state));
    const result = tail.then(step);
    tail = result.catch((error: unknown) => failures.push(error));
    return result;
  };

  const tx: ScriptSql = {
    query: (text, params) => next(() => session.run(text, params)),
    script: (text) => next(() => session.script(text)),
    transaction: (inner) => {
      if (state !== 'open') return Promise.reject(refusalOf(state));
      state = 'inner';
      const result = tail
        .then(() => runTransaction(session, inner, level + 1))
        .finally(() => {
          if (state === 'inner') state = 'open';
        });
      tail = result.catch(() => undefined);
      return result;
    },
  };

  await session.run(commands.begin);
  let result: T;
  try {
    result = await work(tx);
    state = 'ended';
    await tail;
    if (failures.length > 0) throw failures[0];
  } catch (error) {
    state = 'ended';
    await tail;
    await undo(session, commands.undo);
    throw error;
  }
  await session.run(commands.keep);
  return result;
};
