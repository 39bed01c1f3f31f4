import { until } from '@portolan/testing';
import { describe, expect, it } from 'vitest';
import { backoffAfter, keepWatching } from './keep-watching.ts';

const PACE = { livenessMs: 60_000, backoffMs: 1, backoffMaxMs: 2, random: () => 0.5 };

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('a watch', () => {
  it('begins again after every end, with the failures in a row counted', async () => {
    let opened = 0;
    const failures: number[] = [];
    const watch = keepWatching<number>({
      ...PACE,
      async *open() {
        opened += 1;
        if (opened === 3) yield 1;
        throw new Error('cut');
      },
      onMessage: () => undefined,
      onFailure: (_error, count) => failures.push(count),
    });
    await until(() => failures.length >= 4 || undefined, { what: 'four failures' });
    await watch.close();
    expect(failures.slice(0, 4)).toEqual([1, 2, 1, 2]);
  });

  it('gives up a stream that falls silent', async () => {
    let opened = 0;
    const watch = keepWatching<number>({
      ...PACE,
      livenessMs: 5,
      async *open(signal) {
        opened += 1;
        yield 1;
        await untilAborted(signal);
      },
      onMessage: () => undefined,
      onFailure: () => undefined,
    });
    await until(() => opened >= 3 || undefined, { what: 'a third stream' });
    await watch.close();
  });

  it('ends at once when it is closed, wherever it stands', async () => {
    const waiting = keepWatching<number>({
      ...PACE,
      backoffMs: 3_600_000,
      backoffMaxMs: 3_600_000,
      // biome-ignore lint/correctness/useYield: a stream that fails before its first message
      async *open() {
        throw new Error('refused');
      },
      onMessage: () => undefined,
      onFailure: () => undefined,
    });
    await waiting.close();
    const open = keepWatching<number>({
      ...PACE,
      async *open(signal) {
        yield 1;
        await untilAborted(signal);
      },
      onMessage: () => undefined,
      onFailure: () => undefined,
    });
    await open.close();
  });

  it('pauses between nothing and a doubling bound', () => {
    const pace = { backoffMs: 100, backoffMaxMs: 1_000 };
    const longest = [1, 2, 3, 4, 5, 6, 60].map((failures) => backoffAfter(failures, { ...pace, random: () => 1 }));
    expect(longest).toEqual([10, 100, 200, 400, 800, 1_000, 1_000]);
    expect(backoffAfter(9, { ...pace, random: () => 0 })).toBe(0);
  });
});
