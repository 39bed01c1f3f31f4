import { until } from '@portolan/testing';
import { expect, test } from 'vitest';
import type { Leases } from '../ports/leases.ts';
import { manualClock } from '../testing/samples.ts';
import { createLeadership } from './leadership.ts';
import { createTasks } from './tasks.ts';

test('a task is run again after a failure, never twice at a time, and ends when told to', async () => {
  let [running, most, runs] = [0, 0, 0];
  const failures: string[] = [];
  const tasks = createTasks(
    [
      {
        name: 'work',
        everyMs: 1,
        run: async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          runs += 1;
          if (runs % 2 === 0) throw new Error('every second run fails');
        },
      },
    ],
    (task) => failures.push(task),
  );
  tasks.start();
  await until(() => runs >= 6);
  await tasks.stop();
  const after = runs;
  await new Promise((resolve) => setImmediate(resolve));
  expect([most, runs]).toEqual([1, after]);
  expect(new Set(failures)).toEqual(new Set(['work']));
});

test('who is in a hurry does not wait for the next time, also several times', async () => {
  let runs = 0;
  const tasks = createTasks(
    [
      {
        name: 'work',
        everyMs: 3_600_000,
        run: async () => {
          runs += 1;
        },
      },
    ],
    () => undefined,
  );
  tasks.start();
  for (let wanted = 2; wanted < 5; wanted += 1) {
    await until(() => runs === wanted - 1);
    await new Promise((resolve) => setImmediate(resolve));
    tasks.hurry();
    await until(() => runs === wanted);
  }
  await tasks.stop();
});

test('running work is asked to end', async () => {
  let started = false;
  const tasks = createTasks(
    [
      {
        name: 'long work',
        everyMs: 1,
        run: (signal) =>
          new Promise((resolve) => {
            started = true;
            signal.addEventListener('abort', () => resolve());
          }),
      },
    ],
    () => undefined,
  );
  tasks.start();
  await until(() => started);
  await tasks.stop();
});

test('an instance leads while its lease holds, and not after one that it could not renew', async () => {
  const clock = manualClock();
  let [isFree, isAway] = [true, false];
  const leases: Leases = {
    hold: async () => {
      if (isAway) throw new Error('The database is away.');
      return isFree;
    },
    release: async () => undefined,
  };
  const failures: unknown[] = [];
  const leadership = createLeadership({
    leases,
    name: 'work',
    holder: 'a',
    leaseMs: 1_000,
    clock,
    onFailure: (error) => failures.push(error),
  });
  expect(leadership.isLeader()).toBe(false);
  await leadership.renew();
  expect(leadership.isLeader()).toBe(true);
  clock.advance(600);
  isAway = true;
  await leadership.renew();
  expect(failures).toHaveLength(1);
  expect(leadership.isLeader()).toBe(true);
  clock.advance(400);
  expect(leadership.isLeader()).toBe(false);
  isAway = false;
  await leadership.renew();
  expect(leadership.isLeader()).toBe(true);
  isFree = false;
  await leadership.renew();
  expect(leadership.isLeader()).toBe(false);
  isFree = true;
  await leadership.renew();
  await leadership.resign();
  expect(leadership.isLeader()).toBe(false);
});
