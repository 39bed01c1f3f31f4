import { randomBytes } from 'node:crypto';
import { createLogger } from '@portolan/service-kit';
import { z } from 'zod';
import {
  type AnyJob,
  type BackendChoice,
  createJobs,
  defineJob,
  type Job,
  type JobContext,
  type Jobs,
} from '../index.ts';
import type { JobsOptions } from '../jobs.ts';

export const orderPayload = z.strictObject({ order: z.string().max(100) });
export type OrderPayload = z.infer<typeof orderPayload>;

export const silentLog = createLogger('jobs-test', 'silent');

/** A name that no other test uses, since queues outlive them. */
export const freshName = (): string => `test-${randomBytes(6).toString('hex')}`;

export interface OrderJobOptions {
  readonly name?: string;
  readonly attempts?: number;
  readonly retryMs?: number;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
}

/** A job that does what the test wants. */
export const orderJob = (
  run: (payload: OrderPayload, context: JobContext) => Promise<void>,
  { name = freshName(), attempts = 3, retryMs = 1, timeoutMs = 60_000, concurrency = 4 }: OrderJobOptions = {},
): Job<OrderPayload> =>
  defineJob({
    name,
    schema: orderPayload,
    attempts,
    backoff: { kind: 'fixed', delayMs: retryMs },
    timeoutMs,
    concurrency,
    run,
  });

/** Opens the queues of one process; all that were opened are stopped by `close`. */
export const createArena = (backend: () => BackendChoice) => {
  const opened: Jobs[] = [];
  return {
    open: async (jobs: readonly AnyJob[], options: Partial<JobsOptions> = {}): Promise<Jobs> => {
      const made = await createJobs({
        backend: backend(),
        jobs,
        log: silentLog,
        lockMs: 10_000,
        enqueueTimeoutMs: 10_000,
        ...options,
      });
      opened.push(made);
      return made;
    },
    close: async (): Promise<void> => {
      await Promise.all(opened.splice(0).map((jobs) => jobs.stop(0)));
    },
  };
};

export type Arena = ReturnType<typeof createArena>;

/** A promise and its resolver. */
export const gate = (): { readonly opened: Promise<void>; open(): void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};
