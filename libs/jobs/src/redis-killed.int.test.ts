import { Secret } from '@portolan/service-kit';
import { until } from '@portolan/testing';
import { describe, expect, test } from 'vitest';
import type { JobFailure } from './index.ts';
import { LOSSES_MAX } from './jobs.ts';
import { othersTakeOver } from './killed-worker.conformance.ts';
import { createArena, freshName, orderJob } from './testing/arena.ts';
import { KILLED_IN, LOST_AFTER_MS } from './testing/orders.ts';
import { killWorkerIn } from './testing/start-worker-process.ts';

const url = process.env.TEST_REDIS_URL;
const name = url === undefined ? 'a killed worker (set TEST_REDIS_URL to run)' : 'a killed worker';

describe.skipIf(url === undefined)(name, () => {
  test('loses no job: another process runs the one it had, and the rest', async () => {
    const place = url ?? '';
    const queue = freshName();
    const killed = await killWorkerIn(KILLED_IN, { kind: 'redis', place, queue });
    await othersTakeOver({ kind: 'redis', url: new Secret(place) }, queue, killed);
  }, 240_000);

  test('that dies again and again with the same job ends in a reported failure, not in a circle', async () => {
    const backend = { kind: 'redis', url: new Secret(url ?? '') } as const;
    const queue = freshName();
    for (let loss = 0; loss <= LOSSES_MAX; loss += 1) {
      await killWorkerIn(KILLED_IN, { kind: 'redis', place: url ?? '', queue });
    }
    const failures: JobFailure[] = [];
    const ran: string[] = [];
    const job = orderJob(async ({ order }) => void ran.push(order), { name: queue });
    const arena = createArena(() => backend);
    const onFailure = (failure: JobFailure): void => void failures.push(failure);
    (await arena.open([job], { lockMs: LOST_AFTER_MS, onFailure })).start();
    await until(() => failures.length > 0, { timeoutMs: 60_000 });
    await arena.close();
    expect(failures.map(({ id }) => id)).toEqual([`order-${KILLED_IN}`]);
    expect(ran).not.toContain(KILLED_IN);
  }, 240_000);
});
