import { PlatformError } from '@portolan/service-kit';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { HeldJob } from './backends/backend.ts';
import type { AnyJob } from './job.ts';
import { UnusablePayload } from './payload.ts';

/** What is stored of a failure: no message of somebody else's error, since it may quote what is secret. */
const reasonOf = (error: unknown): string => {
  if (error instanceof PlatformError) return error.type;
  if (error instanceof UnusablePayload) return error.message;
  return error instanceof Error ? error.name : 'unknown';
};

const asFailure = (error: unknown): Error =>
  error instanceof UnusablePayload
    ? new UnrecoverableError(reasonOf(error))
    : new Error(reasonOf(error), { cause: error });

export class JobTimedOut extends Error {
  override readonly name = 'JobTimedOut';
}

/**
 * Runs one attempt of a held job. At its deadline the attempt has failed, even if the job does not react to its signal. When
 * `stopping` aborts, the job goes back into the queue and the attempt does not count.
 */
export const createRunner =
  (job: AnyJob, stopping: AbortSignal) =>
  async (held: HeldJob, token: string | undefined): Promise<void> => {
    const ending = new AbortController();
    const stop = (): void => ending.abort(stopping.reason);
    const timer = setTimeout(
      () => ending.abort(new JobTimedOut(`The job ${job.name} did not end within ${job.timeoutMs} ms.`)),
      job.timeoutMs,
    );
    stopping.addEventListener('abort', stop);
    try {
      const ended = new Promise<never>((_, reject) => {
        ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true });
      });
      if (stopping.aborted) stop();
      const context = { id: held.id ?? '', attempt: held.attemptsMade + 1, signal: ending.signal };
      await Promise.race([ended, job.perform(held.data, context)]);
    } catch (error) {
      if (!stopping.aborted) throw asFailure(error);
      await held.moveToWait(token);
      throw new WaitingError();
    } finally {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
    }
  };
