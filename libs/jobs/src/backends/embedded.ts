import type { Logger } from '@portolan/service-kit';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import type { JobBackend } from './backend.ts';
import { type EmbeddedDatabase, EmbeddedPool, JOBS_SCHEMA, MigrationClient } from './embedded-pool.ts';

export interface EmbeddedBackendOptions {
  /** Open for as long as the backend is; whoever opened it closes it. */
  readonly database: EmbeddedDatabase;
  readonly log: Logger;
}

/** Makes or updates the tables of the queue, in a schema of their own. */
export const openEmbeddedBackend = async ({ database, log }: EmbeddedBackendOptions): Promise<JobBackend> => {
  await database.exclusively((tx) => runMigrations(new MigrationClient(tx), JOBS_SCHEMA));
  const complain = (error: Error): void => log.warn({ 'error.message': error.message }, 'the job queue has a problem');
  const { Queue, Worker } = withBackend(createPostgresBackend);
  return {
    ready: () => Promise.resolve(),
    openQueue: (name) => {
      const queue = new Queue(name, { connection: new EmbeddedPool(database) });
      queue.on('error', complain);
      return queue;
    },
    openWorker: (name, process, { concurrency, lockMs, lossesMax, onFailed }) => {
      const bull = new Worker(name, process, {
        connection: new EmbeddedPool(database),
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        maxStalledCount: lossesMax,
      });
      bull.on('error', complain);
      bull.on('failed', onFailed);
      return { close: () => bull.close(), abandon: () => bull.disconnect() };
    },
    close: () => Promise.resolve(),
  };
};
