import type { Logger, Secret } from '@portolan/service-kit';
import { createRedisBackend, withBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { jobsUnavailable } from '../errors.ts';
import type { JobBackend } from './backend.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** The braces keep all keys of a queue on one node of a cluster. */
const PREFIX = '{portolan-jobs}';
const CONNECT_TIMEOUT_MS = 5_000;
/** A worker's connection may be silent for as long as it waits for a job, which is 10 s at most. */
const WORKER_SILENCE_MS = 30_000;

const doubling = (firstMs: number, lastMs: number) => (tries: number) => Math.min(firstMs * 2 ** (tries - 1), lastMs);

/** A producer fails fast and keeps nothing for later: its caller decides whether to try again. */
const producerOptions = (timeoutMs: number): RedisOptions => ({
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: timeoutMs,
  // Without it a server that is frozen would get one more waiting command from every call.
  socketTimeout: timeoutMs,
  retryStrategy: doubling(100, 2_000),
});

/** A worker waits for its server, however long that takes. */
const workerOptions: RedisOptions = {
  maxRetriesPerRequest: null,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: WORKER_SILENCE_MS,
  retryStrategy: doubling(1_000, 20_000),
};

const POLICY = /^maxmemory_policy:(\S+)/m;

/** Jobs vanish from a server that evicts keys when it is full. */
const checkPolicy = async (redis: Redis, log: Logger): Promise<void> => {
  const policy = POLICY.exec(await redis.info('memory'))?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    log.warn({ 'redis.maxmemory_policy': policy }, 'the job queue may lose jobs: set maxmemory-policy to noeviction');
  }
};

export interface RedisBackendOptions {
  /** `redis://…` or `rediss://…`, credentials included. */
  readonly url: Secret;
  /** Deadline of one command of a producer. */
  readonly commandTimeoutMs: number;
  readonly log: Logger;
}

export const openRedisBackend = ({ url, commandTimeoutMs, log }: RedisBackendOptions): JobBackend => {
  const complain = (error: Error): void => log.warn({ 'error.message': error.message }, 'the job queue has a problem');
  const connect = (options: RedisOptions): Redis => {
    const redis = new Redis(url.reveal(), options);
    redis.on('error', complain);
    return redis;
  };
  const producer = connect(producerOptions(commandTimeoutMs));
  let worker: Redis | undefined;
  const waiting = createWaitingRoom(jobsUnavailable);
  producer.on('ready', () => {
    waiting.letIn();
    void checkPolicy(producer, log).catch(complain);
  });

  return {
    ready: (timeoutMs) => (producer.status === 'ready' ? Promise.resolve() : waiting.enter(timeoutMs)),
    openQueue: (name) => {
      const { Queue } = withBackend(createRedisBackend);
      const queue = new Queue(name, { connection: producer, prefix: PREFIX });
      queue.on('error', complain);
      return queue;
    },
    openWorker: (name, process, { concurrency, lockMs, lossesMax, onFailed }) => {
      worker ??= connect(workerOptions);
      const made: ReturnType<typeof createRedisBackend>[] = [];
      const { Worker } = withBackend<ReturnType<typeof createRedisBackend>, Redis>((queue, options, more) => {
        const backend = createRedisBackend(queue, options, more);
        made.push(backend);
        return backend;
      });
      const bull = new Worker(name, process, {
        connection: worker,
        prefix: PREFIX,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        maxStalledCount: lossesMax,
      });
      bull.on('error', complain);
      bull.on('failed', onFailed);
      return {
        close: () => bull.close(),
        abandon: async () => {
          worker?.disconnect();
          await Promise.all(made.map((backend) => backend.close(true)));
        },
      };
    },
    close: async () => {
      waiting.close();
      producer.disconnect();
      worker?.disconnect();
    },
  };
};
