import type { AnyJob, Job } from './job.ts';

/** When a schedule is due: a fixed rhythm, or a cron pattern (five fields, or six with seconds) in UTC. */
export type Rhythm = { readonly everyMs: number } | { readonly cron: string };

/** A job that runs by the clock, once for each tick over all processes. */
export interface Schedule {
  readonly job: AnyJob;
  /** Tells schedules of one job apart. */
  readonly id: string;
  readonly rhythm: Rhythm;
  /** What is stored of the payload. */
  readonly stored: unknown;
}

const ID = /^[a-z][a-z0-9-]{0,63}$/;
const EVERY_MS_MIN = 100;

export interface ScheduleDefinition<Payload> {
  readonly job: Job<Payload>;
  readonly id?: string;
  readonly rhythm: Rhythm;
  readonly payload: Payload;
}

/** Declares a schedule. @throws UnusablePayload, RangeError */
export const defineSchedule = <Payload>(definition: ScheduleDefinition<Payload>): Schedule => {
  const { job, id = 'default', rhythm, payload } = definition;
  if (!ID.test(id)) throw new RangeError(`The schedule id ${id} is not made of lower case letters, digits and dashes.`);
  if ('everyMs' in rhythm && !(Number.isSafeInteger(rhythm.everyMs) && rhythm.everyMs >= EVERY_MS_MIN)) {
    throw new RangeError(`The schedule ${id} of the job ${job.name} cannot run every ${rhythm.everyMs} ms.`);
  }
  return { job, id, rhythm, stored: job.encode(payload) };
};

/** The rhythm in the words of the queue. */
export const repeatOf = (rhythm: Rhythm): { every: number } | { pattern: string; tz: string } =>
  'everyMs' in rhythm ? { every: rhythm.everyMs } : { pattern: rhythm.cron, tz: 'UTC' };
