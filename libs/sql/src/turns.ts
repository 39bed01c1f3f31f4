import { SQLSTATE, SqlError } from './errors.ts';

export interface TurnOptions {
  /** How many may wait; who comes then is refused at once. */
  readonly maxWaiting: number;
  readonly waitTimeoutMs: number;
}

const tooBusy = (): SqlError =>
  new SqlError(SQLSTATE.too_many_connections, 'no connection to the database became free in time');

/**
 * Lets callers in one after another, in the order they came.
 * @returns runs its argument as soon as it is its turn; @throws SqlError  when that takes too long or too many wait
 */
export const createTurns = ({ maxWaiting, waitTimeoutMs }: TurnOptions) => {
  const waiting: (() => void)[] = [];
  let busy = false;

  const myTurn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waiting.length >= maxWaiting) return reject(tooBusy());
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(tooBusy());
      }, waitTimeoutMs);
      waiting.push(enter);
    });

  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy) await myTurn();
    busy = true;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // `busy` stays true while the turn is handed on, so that nobody slips in between.
      if (next === undefined) busy = false;
      else next();
    }
  };
};
