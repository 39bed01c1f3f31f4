import type { Cancellation } from '../cancellation.ts';

/** Waits, or stops waiting when the call is cancelled. */
export const pause = (ms: number, cancellation: Cancellation): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      cancellation.onCancel(undefined);
      resolve();
    };
    const timer = setTimeout(done, ms);
    cancellation.onCancel(done);
  });
