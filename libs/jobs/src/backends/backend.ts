/** What the rest of this library needs of BullMQ, so that it does not depend on what is behind a queue. */

export const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface KeptJobs {
  readonly age: number;
  readonly count: number;
}

export interface StoredJobOptions {
  jobId?: string;
  delay?: number;
  attempts: number;
  backoff: { type: 'fixed' | 'exponential'; delay: number };
  /** `age` in seconds. */
  removeOnComplete: KeptJobs;
  removeOnFail: KeptJobs;
  stackTraceLimit: number;
}

export interface QueueHandle {
  add(name: string, data: unknown, options: StoredJobOptions): Promise<{ readonly id?: string | undefined }>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number } | { pattern: string; tz: string },
    template: { name: string; data: unknown; opts: Omit<StoredJobOptions, 'jobId' | 'delay'> },
  ): Promise<unknown>;
  getJobSchedulers(start: number, end: number): Promise<readonly { readonly key: string }[]>;
  removeJobScheduler(id: string): Promise<unknown>;
  getJobCounts(...states: JobState[]): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** A job while a worker holds it. */
export interface HeldJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  /** Attempts before this one that failed. */
  readonly attemptsMade: number;
  /** Set once nothing more will be tried. */
  readonly finishedOn?: number | undefined;
  moveToWait(token?: string): Promise<unknown>;
}

export interface WorkerOptions {
  readonly concurrency: number;
  /** A process that does not renew its hold on a job for this long has lost it. */
  readonly lockMs: number;
  /** How often a job may be lost with its process before it is given up. */
  readonly lossesMax: number;
  onFailed(job: HeldJob | undefined, error: Error): void;
}

export interface WorkerHandle {
  /** Takes no new job and waits for those that run. */
  close(): Promise<void>;
  /** Waits for nothing any more; what runs is lost to other workers after `lockMs`. */
  abandon(): Promise<void>;
}

export interface JobBackend {
  /** When a write may be tried. @throws PlatformError  after `timeoutMs`, or when the backend closes */
  ready(timeoutMs: number): Promise<void>;
  openQueue(name: string): QueueHandle;
  openWorker(
    name: string,
    process: (job: HeldJob, token: string | undefined) => Promise<void>,
    options: WorkerOptions,
  ): WorkerHandle;
  /** Ends everything at once, also what waits for an answer. */
  close(): Promise<void>;
}
