import { PlatformError } from '@portolan/service-kit';
import type { JobBackend } from './backends/backend.ts';
import { within } from './deadline.ts';
import { jobsUnavailable, shuttingDown, tooManyPending } from './errors.ts';

export interface AskOptions {
  readonly backend: JobBackend;
  readonly timeoutMs: number;
  /** How many questions may be open at once. */
  readonly pendingMax: number;
  /** After it nothing is asked any more. */
  readonly leaving: AbortSignal;
}

/** A question from inside of a transaction of the embedded database cannot be answered: a mistake of the program. */
const INSIDE_TRANSACTION = '25001';

const isOurs = (error: unknown): boolean =>
  error instanceof PlatformError || (error instanceof Error && 'code' in error && error.code === INSIDE_TRANSACTION);

export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Asks the queue within a deadline, and lets only so many ask at once. @throws PlatformError */
export const createAsk = ({ backend, timeoutMs, pendingMax, leaving }: AskOptions): Ask => {
  let pending = 0;
  return async (question) => {
    if (leaving.aborted) throw shuttingDown();
    if (pending >= pendingMax) throw tooManyPending();
    pending += 1;
    try {
      const answer = backend.ready(timeoutMs).then(question);
      return await within(answer, timeoutMs, () => jobsUnavailable('no answer in time'));
    } catch (error) {
      throw isOurs(error) ? error : jobsUnavailable(error);
    } finally {
      pending -= 1;
    }
  };
};
