import process from 'node:process';
import autocannon from 'autocannon';
import { quantile } from '../statistics.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

/** More answers than one window can hold; memory stays bounded whatever the machine. */
const MAX_SAMPLES = 2_000_000;

/** autocannon's own histogram keeps whole milliseconds, which is more than a gateway adds: take the times of each answer. */
process.once('message', (plan: LoadPlan) => {
  const timesMs: number[] = [];
  const { shot, concurrency, seconds } = plan;
  const run = autocannon(
    {
      url: shot.url,
      method: 'POST',
      headers: shot.headers,
      body: shot.body,
      connections: concurrency,
      duration: seconds,
      timeout: 10,
    },
    (error, result) => {
      if (error !== null || timesMs.length === 0) process.exit(1);
      const answer: LoadResult = {
        requests: timesMs.length,
        failures: result.errors + result.timeouts + result.non2xx,
        requestsPerSecond: timesMs.length / result.duration,
        p50Ms: quantile(timesMs, 0.5),
        p99Ms: quantile(timesMs, 0.99),
      };
      process.send?.(answer, () => process.exit(0));
    },
  );
  run.on('response', (_client: unknown, _status: number, _bytes: number, timeMs: number) => {
    if (timesMs.length < MAX_SAMPLES) timesMs.push(timeMs);
  });
});
