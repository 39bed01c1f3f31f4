import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/**
 * The result of a promise, or a failure that names what did not happen in time.
 * @param what completes the sentence "… did not happen within …"
 * @throws when the time is over, or what the promise rejects with
 */
export const withTimeout = async <T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> => {
  const late = new AbortController();
  const timer = pause(timeoutMs, undefined, { signal: late.signal }).then(
    () => {
      throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    },
    // Cancelled: the other side of the race has already decided.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([promise, timer]);
  } finally {
    late.abort();
  }
};

const EAGER_TURNS = 50;
const PAUSE_MS = 5;

/**
 * Waits until a condition holds: it is asked on every turn of the event loop at first, then every few milliseconds.
 * What it returns in the end is the result, so that `until(() => list[0])` gives the element.
 * @param timeoutMs how long before it counts as failed
 * @throws when the time is over, with the last error of the condition as cause, if it threw
 */
export const until = async <T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 5000, what = 'the condition' }: { readonly timeoutMs?: number; readonly what?: string } = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> => {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (let turn = 0; ; turn++) {
    try {
      const value = await condition();
      if (isTruthy(value)) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`${what} did not hold within ${timeoutMs} ms`, { cause });
    await (turn < EAGER_TURNS ? nextTurn() : pause(PAUSE_MS));
  }
};

const isTruthy = <T>(value: T): value is Exclude<T, undefined | null | false | 0 | ''> => Boolean(value);
