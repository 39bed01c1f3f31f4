import { until } from '@portolan/testing';
import { expect } from 'vitest';
import type { BackendChoice } from './index.ts';
import { createArena, orderJob } from './testing/arena.ts';
import { KILLED_IN, LOST_AFTER_MS, ORDERS } from './testing/orders.ts';
import type { KilledWorker } from './testing/start-worker-process.ts';

const WAIT = { timeoutMs: 60_000 };

/** After a worker was killed in the middle of an order, another process runs that order again and all that are left. */
export const othersTakeOver = async (backend: BackendChoice, queue: string, killed: KilledWorker): Promise<void> => {
  const ran: string[] = [];
  const job = orderJob(async ({ order }) => void ran.push(order), { name: queue, concurrency: 1 });
  const arena = createArena(() => backend);
  const jobs = await arena.open([job], { lockMs: LOST_AFTER_MS });
  jobs.start();
  await until(async () => (await jobs.counts()).get(queue)?.completed === ORDERS.length, WAIT);
  await arena.close();
  expect(killed.ended).not.toContain(KILLED_IN);
  expect(ran).toContain(KILLED_IN);
  expect(ran.filter((order) => killed.ended.includes(order))).toEqual([]);
  expect(new Set([...killed.ended, ...ran])).toEqual(new Set(ORDERS));
  expect(new Set(ran).size).toBe(ran.length);
};
