import type { Logger, Secret } from '@portolan/service-kit';
import { createAsk } from './ask.ts';
import type { JobBackend, QueueHandle, WorkerHandle } from './backends/backend.ts';
import { openEmbeddedBackend } from './backends/embedded.ts';
import type { EmbeddedDatabase } from './backends/embedded-pool.ts';
import { openRedisBackend } from './backends/redis.ts';
import { countJobs, type JobCounts } from './count-jobs.ts';
import { drain } from './drain.ts';
import { installSchedules } from './install-schedules.ts';
import type { AnyJob, Job } from './job.ts';
import { createRunner } from './run-job.ts';
import type { Schedule } from './schedule.ts';
import { storedOptions } from './stored-options.ts';

export type BackendChoice =
  | { readonly kind: 'redis'; readonly url: Secret }
  | { readonly kind: 'embedded'; readonly database: EmbeddedDatabase };

/** A job that is not tried again. */
export interface JobFailure {
  readonly job: string;
  readonly id: string;
  /** The last attempt's error; after a restart only its name is known. */
  readonly error: unknown;
}

export interface JobsOptions {
  readonly backend: BackendChoice;
  /** All that this process can enqueue and run. */
  readonly jobs: readonly AnyJob[];
  readonly schedules?: readonly Schedule[];
  readonly log: Logger;
  onFailure?(failure: JobFailure): void;
  /** How long an enqueue may take before it is given up. */
  readonly enqueueTimeoutMs?: number;
  /** How many enqueues may wait at once; more are refused. */
  readonly pendingMax?: number;
  /** After this long without a sign of life a process has lost its jobs, and others may take them (in twice that time at the latest). */
  readonly lockMs?: number;
}

export interface EnqueueOptions {
  /** A job that is known by this id, waiting, running or in the history, is not enqueued again. */
  readonly id?: string;
  readonly delayMs?: number;
}

export interface Jobs {
  /**
   * Once it resolves, the job is stored and will run.
   * @returns its id
   * @throws PlatformError  `store_unavailable`, `overloaded`, `shutting_down`; the job may be stored all the same, so try again with the same id
   * @throws UnusablePayload
   */
  enqueue<Payload>(job: Job<Payload>, payload: Payload, options?: EnqueueOptions): Promise<string>;
  /**
   * Begins to run jobs, and installs the schedules; both wait for a queue that is away.
   * @returns when the schedules are installed, or `stop` was called; nobody has to wait for it
   */
  start(): Promise<void>;
  /** Takes no new jobs, waits for those that run, and after `graceMs` puts the rest back into the queue. */
  stop(graceMs: number): Promise<void>;
  /** How many jobs of each name are in which state. @throws PlatformError */
  counts(): Promise<ReadonlyMap<string, JobCounts>>;
}

/** A process may be lost with the same job in it a few times; more often, and the job is likely what kills it. */
export const LOSSES_MAX = 3;
const ID = /^(?!\d+$)[^:]{1,200}$/;

const openBackend = (choice: BackendChoice, log: Logger, commandTimeoutMs: number): Promise<JobBackend> =>
  choice.kind === 'redis'
    ? Promise.resolve(openRedisBackend({ url: choice.url, commandTimeoutMs, log }))
    : openEmbeddedBackend({ database: choice.database, log });

const requireId = (id: string | undefined): void => {
  if (id !== undefined && !ID.test(id)) {
    throw new RangeError('A job id has 1 to 200 characters, no colon, and not only digits.');
  }
};

/** Opens the queues. A Redis that is away is no reason to fail: it is waited for. @throws when the embedded database fails */
export const createJobs = async (options: JobsOptions): Promise<Jobs> => {
  const {
    jobs,
    schedules = [],
    log,
    onFailure,
    enqueueTimeoutMs = 2_000,
    pendingMax = 1_000,
    lockMs = 30_000,
  } = options;
  const backend = await openBackend(options.backend, log, enqueueTimeoutMs);
  const queues = new Map<string, QueueHandle>(jobs.map(({ name }) => [name, backend.openQueue(name)]));
  const workers: WorkerHandle[] = [];
  const leaving = new AbortController();
  const stopping = new AbortController();
  const ask = createAsk({ backend, timeoutMs: enqueueTimeoutMs, pendingMax, leaving: leaving.signal });
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  const report = (job: AnyJob, id: string, isFinal: boolean, error: Error): void => {
    const fields = { 'job.name': job.name, 'job.id': id, 'error.message': error.message };
    if (!isFinal) return log.warn(fields, 'a job failed and will be tried again');
    log.error(fields, 'a job failed for good');
    onFailure?.({ job: job.name, id, error: error.cause ?? error });
  };

  const startWorker = (job: AnyJob): WorkerHandle =>
    backend.openWorker(job.name, createRunner(job, stopping.signal), {
      concurrency: job.concurrency,
      lockMs,
      lossesMax: LOSSES_MAX,
      onFailed: (held, error) => report(job, held?.id ?? '', held?.finishedOn !== undefined, error),
    });

  const start = (): Promise<void> => {
    workers.push(...jobs.map(startWorker));
    return installSchedules({ backend, queues, schedules, log, signal: leaving.signal });
  };

  return {
    enqueue: async (job, payload, { id, delayMs } = {}) => {
      requireId(id);
      const queue = queues.get(job.name);
      if (queue === undefined) throw new RangeError(`The job ${job.name} is not among the jobs of this process.`);
      const stored = job.encode(payload);
      const added = await ask(() => queue.add(job.name, stored, storedOptions(job, id, delayMs)));
      return added.id ?? id ?? '';
    },
    start: () => {
      if (!leaving.signal.aborted) started ??= start();
      return started ?? Promise.resolve();
    },
    stop: (graceMs) => {
      leaving.abort();
      stopped ??= drain({ workers, queues: queues.values(), backend, stopping, log }, graceMs);
      return stopped;
    },
    counts: () => ask(() => countJobs(queues)),
  };
};
