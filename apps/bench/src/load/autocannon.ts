import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, LoadTool } from './plan.ts';

const GRACE_MS = 30_000;

/** autocannon in a process of its own: the load must share no event loop with anything that is measured. */
export const autocannonTool: LoadTool = {
  name: 'autocannon 8.0.0',
  async run(plan) {
    const child = fork(fileURLToPath(new URL('./autocannon-process.mjs', import.meta.url)), {
      timeout: plan.seconds * 1_000 + GRACE_MS,
    });
    child.send(plan);
    const exited = once(child, 'exit');
    const answer: unknown = await Promise.race([once(child, 'message').then(([message]) => message), exited]);
    await exited;
    return readResult(answer);
  },
};

/** @throws TypeError when the process ended without a result */
export function readResult(answer: unknown): LoadResult {
  if (typeof answer !== 'object' || answer === null) throw new TypeError('autocannon ended without a result');
  const number = (name: string): number => {
    const value: unknown = Reflect.get(answer, name);
    if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`autocannon gave no ${name}`);
    return value;
  };
  return {
    requests: number('requests'),
    failures: number('failures'),
    requestsPerSecond: number('requestsPerSecond'),
    p50Ms: number('p50Ms'),
    p99Ms: number('p99Ms'),
  };
}
