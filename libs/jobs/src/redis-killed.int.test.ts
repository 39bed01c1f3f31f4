import { Secret } from '@portolan/service-kit';
import { describe, test } from 'vitest';
import { othersTakeOver } from './killed-worker.conformance.ts';
import { freshName } from './testing/arena.ts';
import { KILLED_IN } from './testing/orders.ts';
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
});
