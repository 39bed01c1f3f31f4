import type { StoredJobOptions } from './backends/backend.ts';
import type { AnyJob } from './job.ts';

const HOUR_S = 3_600;
/** How long an id is remembered, in seconds and in jobs of its kind; whichever ends first. */
const COMPLETED_KEPT = { age: 24 * HOUR_S, count: 1_000 };
const FAILED_KEPT = { age: 7 * 24 * HOUR_S, count: 1_000 };

/** What is stored beside the payload of every job of this kind. */
export const templateOptions = ({ attempts, backoff }: AnyJob): Omit<StoredJobOptions, 'jobId' | 'delay'> => ({
  attempts,
  backoff: { type: backoff.kind, delay: backoff.delayMs },
  removeOnComplete: COMPLETED_KEPT,
  removeOnFail: FAILED_KEPT,
  // A stack may show what a payload must not.
  stackTraceLimit: 0,
});

export const storedOptions = (job: AnyJob, id: string | undefined, delayMs: number | undefined): StoredJobOptions => ({
  ...templateOptions(job),
  ...(id === undefined ? {} : { jobId: id }),
  ...(delayMs === undefined ? {} : { delay: delayMs }),
});
