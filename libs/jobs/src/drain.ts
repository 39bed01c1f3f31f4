import type { Logger } from '@portolan/service-kit';
import type { JobBackend, QueueHandle, WorkerHandle } from './backends/backend.ts';
import { within } from './deadline.ts';

/** What a queue may take for each step of a goodbye that it should answer at once. */
const GOODBYE_MS = 3_000;

export interface DrainOptions {
  readonly workers: readonly WorkerHandle[];
  readonly queues: Iterable<QueueHandle>;
  readonly backend: JobBackend;
  /** Aborted when jobs have to be put back. */
  readonly stopping: AbortController;
  readonly log: Logger;
}

const late = (): Error => new Error('the job queue did not close in time');

/**
 * Lets jobs end for `graceMs`, then puts the rest back, then leaves without a goodbye: a queue that does not answer cannot
 * keep a process from ending.
 */
export const drain = async (
  { workers, queues, backend, stopping, log }: DrainOptions,
  graceMs: number,
): Promise<void> => {
  const drained = Promise.all(workers.map((worker) => worker.close()));
  try {
    await within(drained, graceMs, late)
      .catch(() => stopping.abort(new Error('the process stops')))
      .then(() => within(drained, GOODBYE_MS, late));
  } catch (error) {
    log.warn({ 'error.message': String(error) }, 'jobs were left behind; other processes take them over');
    await within(Promise.all(workers.map((worker) => worker.abandon())), GOODBYE_MS, late).catch(() => undefined);
  }
  await within(Promise.all(Array.from(queues, (queue) => queue.close())), GOODBYE_MS, late).catch(() => undefined);
  await backend.close();
};
