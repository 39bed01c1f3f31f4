import type { NumberedChange } from '../ports/changes.ts';

/** What waits for one watcher. */
export interface Subscriber {
  /** Called by the feed. When there is no room, everything waiting is given up and the watcher hears `missed`. */
  push(change: NumberedChange): void;
  /** Called by the feed when it cannot say what happened. */
  miss(): void;
  /** What came since the last call. */
  take(): { readonly missed: boolean; readonly changes: readonly NumberedChange[] };
  /** Resolves when there is something to take, at the latest after `timeoutMs`, or when the signal aborts. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** @param bufferMax changes that may wait for a watcher who does not read */
export const createSubscriber = (bufferMax: number): Subscriber => {
  let waiting: NumberedChange[] = [];
  let missed = false;
  let wake: (() => void) | undefined;
  const miss = (): void => {
    waiting = [];
    missed = true;
    wake?.();
  };
  return {
    push: (change) => {
      if (missed) return;
      if (waiting.length >= bufferMax) return miss();
      waiting.push(change);
      wake?.();
    },
    miss,
    take: () => {
      const taken = { missed, changes: waiting };
      waiting = [];
      missed = false;
      return taken;
    },
    wait: (timeoutMs, signal) =>
      new Promise((resolve) => {
        if (waiting.length > 0 || missed || signal.aborted) return resolve();
        const done = (): void => {
          wake = undefined;
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener('abort', done, { once: true });
        wake = done;
      }),
  };
};
