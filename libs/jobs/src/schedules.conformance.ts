import { until } from '@portolan/testing';
import { expect, test } from 'vitest';
import { defineSchedule } from './index.ts';
import { type Arena, orderJob } from './testing/arena.ts';

const WAIT = { timeoutMs: 30_000 };
const HOUR_MS = 3_600_000;

/** When a schedule is due next, in Unix milliseconds, read behind the back of the queue. */
export type NextTickOf = (job: string, schedule: string) => Promise<number>;

/** Promises of schedules over one backend. */
export const schedulePromises = (arena: Arena, nextTickOf: NextTickOf): void => {
  test('of many processes with the same schedule each tick is run by one', async () => {
    const ticks: string[] = [];
    const job = orderJob(async ({ order }, { id }) => void ticks.push(`${order} ${id}`));
    const schedules = [defineSchedule({ job, rhythm: { everyMs: 200 }, payload: { order: 'tick' } })];
    const pods = await Promise.all(Array.from({ length: 3 }, () => arena.open([job], { schedules })));
    for (const pod of pods) pod.start();
    await until(() => ticks.length >= 6, WAIT);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(ticks.every((tick) => tick.startsWith('tick '))).toBe(true);
    const dueAt = ticks.map((tick) => Number(tick.split(':').at(-1))).sort((one, other) => one - other);
    expect(dueAt.every((ms, position) => position === 0 || ms - (dueAt[position - 1] ?? 0) >= 200)).toBe(true);
  });

  test('a cron pattern with seconds ticks', async () => {
    const ticks: string[] = [];
    const job = orderJob(async (_, { id }) => void ticks.push(id));
    const schedules = [defineSchedule({ job, rhythm: { cron: '* * * * * *' }, payload: { order: 'tick' } })];
    (await arena.open([job], { schedules })).start();
    await until(() => ticks.length >= 2, WAIT);
    const dueAt = ticks.map((tick) => Number(tick.split(':').at(-1)));
    expect(dueAt.every((ms) => ms % 1_000 === 0)).toBe(true);
  });

  test('a start of one more process does not move the next tick', async () => {
    const ticks: string[] = [];
    const job = orderJob(async (_, { id }) => void ticks.push(id));
    const schedules = [defineSchedule({ job, rhythm: { everyMs: HOUR_MS }, payload: { order: 'tick' } })];
    const first = await arena.open([job], { schedules });
    await first.start();
    await until(async () => (await first.counts()).get(job.name)?.completed === 1, WAIT);
    const due = await nextTickOf(job.name, 'default');
    const second = await arena.open([job], { schedules });
    await second.start();
    expect((await second.counts()).get(job.name)).toMatchObject({ waiting: 0, active: 0, delayed: 1, completed: 1 });
    expect(await nextTickOf(job.name, 'default')).toBe(due);
    expect(due).toBeGreaterThan(0);
    expect(ticks).toHaveLength(1);
  });

  test('a schedule that failed goes on with its next tick', async () => {
    const ticks = new Set<string>();
    const job = orderJob(
      (_, { id }) => {
        ticks.add(id);
        return Promise.reject(new Error('no'));
      },
      { attempts: 1 },
    );
    const schedules = [defineSchedule({ job, rhythm: { everyMs: 100 }, payload: { order: 'tick' } })];
    (await arena.open([job], { schedules })).start();
    await until(() => ticks.size >= 3, WAIT);
  });

  test('a schedule that the program no longer has is taken down', async () => {
    const job = orderJob(() => Promise.resolve());
    const cron = (id: string) => defineSchedule({ job, id, rhythm: { cron: '0 0 1 1 *' }, payload: { order: id } });
    const before = await arena.open([job], { schedules: [cron('kept'), cron('gone')] });
    before.start();
    await until(async () => (await before.counts()).get(job.name)?.delayed === 2, WAIT);
    await before.stop(0);
    const after = await arena.open([job], { schedules: [cron('kept')] });
    after.start();
    await until(async () => (await after.counts()).get(job.name)?.delayed === 1, WAIT);
  });

  test('a schedule whose rhythm is nonsense is refused where it is declared', () => {
    const job = orderJob(() => Promise.resolve());
    expect(() => defineSchedule({ job, rhythm: { everyMs: 1 }, payload: { order: 'a' } })).toThrow(RangeError);
    expect(() => defineSchedule({ job, id: 'A:b', rhythm: { everyMs: HOUR_MS }, payload: { order: 'a' } })).toThrow(
      RangeError,
    );
  });
};
