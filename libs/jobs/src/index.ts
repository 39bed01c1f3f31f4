export type { JobState } from './backends/backend.ts';
export type { EmbeddedDatabase } from './backends/embedded-pool.ts';
export type { JobCounts } from './count-jobs.ts';
export { type AnyJob, type Backoff, defineJob, type Job, type JobContext, type JobDefinition } from './job.ts';
export {
  type BackendChoice,
  createJobs,
  type EnqueueOptions,
  type JobFailure,
  type Jobs,
  type JobsOptions,
} from './jobs.ts';
export { PAYLOAD_BYTES_MAX, UnusablePayload } from './payload.ts';
export { JobTimedOut } from './run-job.ts';
export { defineSchedule, type Rhythm, type Schedule, type ScheduleDefinition } from './schedule.ts';
