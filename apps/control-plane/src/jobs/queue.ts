import { type BackendChoice, createJobs, defineJob, defineSchedule, type Jobs, type Rhythm } from '@portolan/jobs';
import * as z from 'zod';
import type { Deps } from '../deps.ts';
import { reconcileCredentials } from './credentials.ts';
import { tidyUp } from './housekeeping.ts';
import { expireKeys, finishTransitions, warnEndingSecrets } from './keys.ts';
import { resealConfigs } from './reseal-configs.ts';
import { rotateDueKeys } from './rotate-keys.ts';

/** Work that is due by the clock. Each may run twice, and may find nothing to do. */
export interface ClockWork {
  /** Names its queue: a renamed one leaves its queue behind. */
  readonly name: string;
  readonly rhythm: Rhythm;
  readonly timeoutMs: number;
  run(deps: Deps, signal: AbortSignal): Promise<void>;
}

/** All of it. */
export const CLOCK_WORK: readonly ClockWork[] = [
  { name: 'tidy-up', rhythm: { everyMs: 600_000 }, timeoutMs: 60_000, run: tidyUp },
  { name: 'expire-keys', rhythm: { everyMs: 60_000 }, timeoutMs: 60_000, run: expireKeys },
  { name: 'rotate-keys', rhythm: { everyMs: 60_000 }, timeoutMs: 300_000, run: rotateDueKeys },
  { name: 'warn-ending-secrets', rhythm: { everyMs: 300_000 }, timeoutMs: 300_000, run: warnEndingSecrets },
  { name: 'finish-transitions', rhythm: { everyMs: 60_000 }, timeoutMs: 60_000, run: finishTransitions },
  { name: 'reconcile-credentials', rhythm: { everyMs: 600_000 }, timeoutMs: 300_000, run: reconcileCredentials },
  { name: 'reseal-configs', rhythm: { everyMs: 300_000 }, timeoutMs: 300_000, run: resealConfigs },
];

const ATTEMPTS = 3;
const BACKOFF_MS = 5_000;

/** The queue of the control plane. Instances share it: each tick is worked on by one of them. */
export const openJobs = (
  deps: Deps,
  backend: BackendChoice,
  work: readonly ClockWork[] = CLOCK_WORK,
): Promise<Jobs> => {
  const schedules = work.map(({ name, rhythm, timeoutMs, run }) =>
    defineSchedule({
      job: defineJob({
        name,
        schema: z.object({}),
        attempts: ATTEMPTS,
        backoff: { kind: 'exponential', delayMs: BACKOFF_MS },
        timeoutMs,
        run: (_payload, { signal }) => run(deps, signal),
      }),
      rhythm,
      payload: {},
    }),
  );
  return createJobs({ backend, jobs: schedules.map(({ job }) => job), schedules, log: deps.log });
};
