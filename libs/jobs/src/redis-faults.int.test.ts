import { createLogger, PlatformError, Secret } from '@portolan/service-kit';
import { until } from '@portolan/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createArena, gate, orderJob } from './testing/arena.ts';
import { type BrokenLine, openBrokenLine } from './testing/broken-line.ts';
import { LOST_AFTER_MS } from './testing/orders.ts';

const server = process.env.TEST_REDIS_URL;
const name = server === undefined ? 'a broken Redis (set TEST_REDIS_URL to run)' : 'a broken Redis';
const WAIT = { timeoutMs: 50_000 };

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf(server === undefined)(name, () => {
  const target = new URL(server ?? 'redis://127.0.0.1');
  let line: BrokenLine;
  beforeEach(async () => {
    line = await openBrokenLine({ host: target.hostname, port: Number(target.port) });
  });
  const arena = createArena(() => {
    const through = new URL(target);
    through.hostname = '127.0.0.1';
    through.port = String(line.port);
    return { kind: 'redis', url: new Secret(through.href) };
  });
  const quick = { enqueueTimeoutMs: 200 };
  afterEach(async () => {
    line.thaw();
    await arena.close();
    await line.close();
  });

  test('when it is down an enqueue is refused, and works again when it is back', async () => {
    const ran: string[] = [];
    const job = orderJob(async ({ order }) => void ran.push(order));
    const jobs = await arena.open([job], quick);
    jobs.start();
    await until(async () => jobs.enqueue(job, { order: 'before' }, { id: 'before' }), WAIT);
    await until(() => ran.length === 1, WAIT);

    await line.cut();
    const refused = await failureOf(jobs.enqueue(job, { order: 'lost' }));
    expect(refused).toBeInstanceOf(PlatformError);
    expect(refused).toMatchObject({ type: 'store_unavailable' });
    await expect(jobs.counts()).rejects.toMatchObject({ type: 'store_unavailable' });

    await line.mend();
    await until(() => jobs.enqueue(job, { order: 'after' }, { id: 'after' }), WAIT);
    await until(() => ran.length === 2, WAIT);
    expect(ran).toEqual(['before', 'after']);
  });

  test('a process starts without it, and begins to work when it comes', async () => {
    await line.cut();
    const ran: string[] = [];
    const job = orderJob(async ({ order }) => void ran.push(order));
    const jobs = await arena.open([job], quick);
    jobs.start();
    await expect(jobs.enqueue(job, { order: 'a' })).rejects.toMatchObject({ type: 'store_unavailable' });
    await line.mend();
    await until(() => jobs.enqueue(job, { order: 'a' }, { id: 'a' }), WAIT);
    await until(() => ran.length === 1, WAIT);
  });

  test('a process that never saw it stops all the same', async () => {
    await line.cut();
    const job = orderJob(() => Promise.resolve());
    const jobs = await arena.open([job], quick);
    jobs.start();
    await jobs.stop(50);
  });

  test('when it is frozen an enqueue is refused, and the same id later makes one job', async () => {
    const ran: string[] = [];
    const job = orderJob(async (_, { id }) => void ran.push(id));
    const jobs = await arena.open([job], quick);
    await until(() => jobs.enqueue(job, { order: 'a' }, { id: 'first' }), WAIT);
    line.freeze();
    const again = () => jobs.enqueue(job, { order: 'a' }, { id: 'second' });
    for (let call = 0; call < 3; call += 1) await expect(again()).rejects.toMatchObject({ type: 'store_unavailable' });
    line.thaw();
    await until(again, WAIT);
    jobs.start();
    await until(async () => (await jobs.counts()).get(job.name)?.completed === 2, WAIT);
    expect(ran).toEqual(['first', 'second']);
  });

  test('no more than a bounded number of calls waits for it', async () => {
    const job = orderJob(() => Promise.resolve());
    const jobs = await arena.open([job], { ...quick, pendingMax: 5 });
    await until(() => jobs.enqueue(job, { order: 'a' }, { id: 'first' }), WAIT);
    line.freeze();
    const calls = Array.from({ length: 8 }, () => failureOf(jobs.enqueue(job, { order: 'a' })));
    const types = (await Promise.all(calls)).map((error) => (error instanceof PlatformError ? error.type : error));
    expect(types.filter((type) => type === 'overloaded')).toHaveLength(3);
    expect(types.filter((type) => type === 'store_unavailable')).toHaveLength(5);
  });

  test('a job that runs while the line is cut is finished once the line is back', async () => {
    const running = gate();
    const job = orderJob(() => running.opened);
    const jobs = await arena.open([job], { ...quick, lockMs: 30_000 });
    jobs.start();
    await until(() => jobs.enqueue(job, { order: 'a' }, { id: 'a' }), WAIT);
    await until(async () => (await jobs.counts()).get(job.name)?.active === 1, WAIT);
    await line.cut();
    running.open();
    await line.mend();
    await until(async () => (await jobs.counts()).get(job.name)?.completed === 1, WAIT);
  });

  test('a process stops while it is frozen, and another one runs the job that was left behind', async () => {
    const started: string[] = [];
    const job = orderJob(({ order }) => {
      started.push(order);
      return started.length === 1 ? new Promise(() => undefined) : Promise.resolve();
    });
    const first = await arena.open([job], { ...quick, lockMs: LOST_AFTER_MS });
    first.start();
    await until(() => first.enqueue(job, { order: 'a' }, { id: 'a' }), WAIT);
    await until(() => started.length === 1, WAIT);
    line.freeze();
    await first.stop(50);
    line.thaw();
    const second = await arena.open([job], { lockMs: LOST_AFTER_MS });
    second.start();
    await until(async () => (await second.counts()).get(job.name)?.completed === 1, WAIT);
    expect(started).toEqual(['a', 'a']);
  });

  test('a server that evicts keys is warned about', async () => {
    const admin = new Redis(target.href);
    const before = String((await admin.config('GET', 'maxmemory-policy')).at(1));
    const warnings: string[] = [];
    const log = Object.assign(createLogger('jobs-test', 'silent'), {
      warn: (_: unknown, message: string) => void warnings.push(message),
    });
    try {
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const job = orderJob(() => Promise.resolve());
      await arena.open([job], { ...quick, log });
      await until(() => warnings.some((warning) => warning.includes('noeviction')), WAIT);
    } finally {
      await admin.config('SET', 'maxmemory-policy', before);
      admin.disconnect();
    }
  });
});
