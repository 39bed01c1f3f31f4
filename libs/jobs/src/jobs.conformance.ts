import { PlatformError } from '@portolan/service-kit';
import { until } from '@portolan/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type BackendChoice,
  defineJob,
  type JobContext,
  type JobFailure,
  JobTimedOut,
  UnusablePayload,
} from './index.ts';
import { type NextTickOf, schedulePromises } from './schedules.conformance.ts';
import { createArena, freshName, gate, orderJob } from './testing/arena.ts';

/** What a test may take when the machine is busy with other things. */
const TIMEOUT_MS = 60_000;
const WAIT = { timeoutMs: 30_000 };
const HOUR_MS = 3_600_000;

/** Every promise of the job queue, as tests of one backend. */
export const jobsConformance = (name: string, backend: () => BackendChoice, nextTickOf: NextTickOf): void => {
  describe(name, { timeout: TIMEOUT_MS }, () => {
    const arena = createArena(backend);
    afterEach(() => arena.close());

    test('a job runs once with its payload, its id and the first attempt', async () => {
      const ran: unknown[] = [];
      const job = orderJob(async (payload, { id, attempt }) => void ran.push([payload, id, attempt]));
      const jobs = await arena.open([job]);
      jobs.start();
      expect(await jobs.enqueue(job, { order: 'a' }, { id: 'order-a' })).toBe('order-a');
      const made = await jobs.enqueue(job, { order: 'b' });
      await until(() => ran.length === 2, WAIT);
      expect(ran).toEqual([
        [{ order: 'a' }, 'order-a', 1],
        [{ order: 'b' }, made, 1],
      ]);
    });

    test('an id that waits, runs or has run is not enqueued again', async () => {
      const running = gate();
      const ran: string[] = [];
      const job = orderJob(async (_, { id }) => {
        ran.push(id);
        if (id === 'same') await running.opened;
      });
      const jobs = await arena.open([job]);
      const same = () => jobs.enqueue(job, { order: 'a' }, { id: 'same' });
      await Promise.all([same(), same(), same()]);
      jobs.start();
      await until(() => ran.length === 1, WAIT);
      await same();
      running.open();
      await until(async () => (await jobs.counts()).get(job.name)?.completed === 1, WAIT);
      await same();
      await jobs.enqueue(job, { order: 'b' }, { id: 'other' });
      await until(async () => (await jobs.counts()).get(job.name)?.completed === 2, WAIT);
      expect(ran).toEqual(['same', 'other']);
    });

    test('a failure is tried again until an attempt succeeds', async () => {
      const attempts: number[] = [];
      const job = orderJob(async (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('not yet');
      });
      const jobs = await arena.open([job]);
      jobs.start();
      await jobs.enqueue(job, { order: 'a' });
      await until(async () => (await jobs.counts()).get(job.name)?.completed === 1, WAIT);
      expect(attempts).toEqual([1, 2, 3]);
    });

    test('between attempts a job waits as its backoff says', async () => {
      const job = orderJob(() => Promise.reject(new Error('no')), { retryMs: HOUR_MS });
      const jobs = await arena.open([job]);
      jobs.start();
      await jobs.enqueue(job, { order: 'a' });
      await until(async () => (await jobs.counts()).get(job.name)?.delayed === 1, WAIT);
      expect((await jobs.counts()).get(job.name)).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    });

    test('after the last attempt the failure is reported once, with its own error', async () => {
      const failures: JobFailure[] = [];
      const broken = new Error('broken');
      const job = orderJob(() => Promise.reject(broken), { attempts: 2 });
      const jobs = await arena.open([job], { onFailure: (failure) => failures.push(failure) });
      jobs.start();
      await jobs.enqueue(job, { order: 'a' }, { id: 'lost' });
      await until(async () => (await jobs.counts()).get(job.name)?.failed === 1, WAIT);
      await until(() => failures.length > 0, WAIT);
      expect(failures).toEqual([{ job: job.name, id: 'lost', error: broken }]);
    });

    test('a payload that breaks its schema, is too big or does not survive JSON is refused', async () => {
      const run = (): Promise<void> => Promise.resolve();
      const rest = { attempts: 1, backoff: { kind: 'fixed', delayMs: 1 }, timeoutMs: 1_000, run } as const;
      const dated = defineJob({ name: freshName(), schema: z.object({ at: z.date() }), ...rest });
      const long = defineJob({ name: freshName(), schema: z.object({ text: z.string() }), ...rest });
      const order = orderJob(run);
      const jobs = await arena.open([dated, long, order]);
      await expect(jobs.enqueue(order, { order: 'x'.repeat(101) })).rejects.toThrow(UnusablePayload);
      await expect(jobs.enqueue(long, { text: 'x'.repeat(5_000) })).rejects.toThrow('4096 are allowed');
      await expect(jobs.enqueue(dated, { at: new Date() })).rejects.toThrow(UnusablePayload);
    });

    test('a stored payload that is not understood any more fails at once and never runs', async () => {
      const failures: JobFailure[] = [];
      const older = orderJob(() => Promise.resolve());
      let ran = 0;
      const newer = defineJob({
        ...older,
        schema: z.strictObject({ order: z.number() }),
        run: async () => void ran++,
      });
      await (await arena.open([older])).enqueue(older, { order: 'secret-looking' });
      const jobs = await arena.open([newer], { onFailure: (failure) => failures.push(failure) });
      jobs.start();
      await until(() => failures.length === 1, WAIT);
      expect(ran).toBe(0);
      expect(String(failures[0]?.error)).toContain('order: invalid_type');
      expect(String(failures[0]?.error)).not.toContain('secret-looking');
    });

    test('at its deadline a job is told to stop and its attempt has failed, even if it does not listen', async () => {
      const failures: JobFailure[] = [];
      const reasons: unknown[] = [];
      const job = orderJob(
        (_, { signal }) => {
          signal.addEventListener('abort', () => reasons.push(signal.reason));
          return new Promise(() => undefined);
        },
        { attempts: 1, timeoutMs: 20 },
      );
      const jobs = await arena.open([job], { onFailure: (failure) => failures.push(failure) });
      jobs.start();
      await jobs.enqueue(job, { order: 'a' });
      await until(() => failures.length === 1, WAIT);
      expect(failures[0]?.error).toBeInstanceOf(JobTimedOut);
      expect(reasons).toEqual([failures[0]?.error]);
    });

    test('a delayed job does not run before its time', async () => {
      const ranAt = new Map<string, number>();
      const job = orderJob(async ({ order }) => void ranAt.set(order, Date.now()));
      const jobs = await arena.open([job]);
      jobs.start();
      await jobs.enqueue(job, { order: 'much later' }, { delayMs: HOUR_MS });
      const before = Date.now();
      await jobs.enqueue(job, { order: 'later' }, { delayMs: 300 });
      await until(() => ranAt.has('later'), WAIT);
      expect((ranAt.get('later') ?? 0) - before).toBeGreaterThanOrEqual(300);
      expect(ranAt.has('much later')).toBe(false);
      expect((await jobs.counts()).get(job.name)?.delayed).toBe(1);
    });

    test('no more jobs of a kind run at once than it allows', async () => {
      let running = 0;
      let most = 0;
      const job = orderJob(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        },
        { concurrency: 3 },
      );
      const jobs = await arena.open([job]);
      await Promise.all(Array.from({ length: 30 }, (_, index) => jobs.enqueue(job, { order: String(index) })));
      jobs.start();
      await until(async () => (await jobs.counts()).get(job.name)?.completed === 30, WAIT);
      expect(most).toBeLessThanOrEqual(3);
    });

    test('stopping waits for what runs and begins nothing new', async () => {
      const running = gate();
      const ran: string[] = [];
      const job = orderJob(
        async ({ order }) => {
          ran.push(order);
          await running.opened;
        },
        { concurrency: 1 },
      );
      const jobs = await arena.open([job]);
      jobs.start();
      await jobs.enqueue(job, { order: 'a' });
      await jobs.enqueue(job, { order: 'b' });
      await until(() => ran.length === 1, WAIT);
      const stopped = jobs.stop(WAIT.timeoutMs);
      const refused = await jobs.enqueue(job, { order: 'c' }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(PlatformError);
      expect(refused).toMatchObject({ type: 'shutting_down' });
      running.open();
      await stopped;
      expect(ran).toEqual(['a']);
      const counts = (await (await arena.open([job])).counts()).get(job.name);
      expect(counts).toMatchObject({ completed: 1, waiting: 1, active: 0 });
    });

    test('what does not end in time when stopping is put back, and the next process makes the same attempt', async () => {
      const seen: JobContext[] = [];
      const name = freshName();
      const stubborn = orderJob(
        (_, context) => {
          seen.push(context);
          return new Promise(() => undefined);
        },
        { name, attempts: 1 },
      );
      const first = await arena.open([stubborn]);
      first.start();
      await first.enqueue(stubborn, { order: 'a' }, { id: 'moved' });
      await until(() => seen.length === 1, WAIT);
      await first.stop(0);
      expect(seen[0]?.signal.aborted).toBe(true);

      const obedient = orderJob(async (_, context) => void seen.push(context), { name, attempts: 1 });
      const second = await arena.open([obedient]);
      second.start();
      await until(async () => (await second.counts()).get(name)?.completed === 1, WAIT);
      expect(seen.map(({ id, attempt }) => [id, attempt])).toEqual([
        ['moved', 1],
        ['moved', 1],
      ]);
    });

    test('a job waits for a process that knows it', async () => {
      const ran: string[] = [];
      const known = orderJob(async ({ order }) => void ran.push(order));
      const unknown = orderJob(async ({ order }) => void ran.push(order));
      const old = await arena.open([known]);
      old.start();
      await (await arena.open([unknown])).enqueue(unknown, { order: 'new kind' });
      await old.enqueue(known, { order: 'old kind' });
      await until(() => ran.length === 1, WAIT);
      expect(ran).toEqual(['old kind']);
      await expect(old.enqueue(unknown, { order: 'x' })).rejects.toThrow(RangeError);
      (await arena.open([unknown])).start();
      await until(() => ran.length === 2, WAIT);
    });

    describe('schedules', () => schedulePromises(arena, nextTickOf));
  });
};
