import { describe, expect, it } from 'vitest';
import type { WindowSample } from './samples.ts';
import type { SubjectId } from './subjects/subject.ts';
import { summarise } from './summary.ts';

const sample = (round: number, subject: SubjectId, p50Ms: number, more: Partial<WindowSample> = {}): WindowSample => ({
  round,
  subject,
  kind: 'plain',
  concurrency: 10,
  requests: 100,
  failures: 0,
  requestsPerSecond: 100,
  p50Ms,
  p99Ms: p50Ms * 2,
  foreignCpuShare: 0,
  ...more,
});

const summary = (windows: readonly WindowSample[]) => summarise({ windows, streams: [], processes: [] });

describe('summarise', () => {
  it('compares a subject with the direct call of its own round, not with an average', () => {
    const { loads } = summary([
      sample(1, 'direct', 1),
      sample(1, 'bare', 2),
      sample(2, 'direct', 5),
      sample(2, 'bare', 6),
    ]);
    expect(loads[1]).toMatchObject({ subject: 'bare', addedP50Ms: { median: 1, min: 1, max: 1 } });
  });

  it('never mixes kinds or concurrencies', () => {
    const { loads } = summary([
      sample(1, 'direct', 1),
      sample(1, 'direct', 9, { concurrency: 64 }),
      sample(1, 'bare', 10, { concurrency: 64 }),
      sample(1, 'direct', 4, { kind: 'streamed' }),
    ]);
    expect(loads).toHaveLength(4);
    expect(loads[2]?.addedP50Ms.median).toBe(1);
  });

  it('shows failures of any round and the noisiest window', () => {
    const { loads } = summary([
      sample(1, 'direct', 1, { failures: 2, foreignCpuShare: 0.2 }),
      sample(2, 'direct', 1, { failures: 1 }),
    ]);
    expect(loads[0]).toMatchObject({ failures: 3, worstForeignCpuShare: 0.2 });
  });

  it('has no CPU figure for a call without a gateway', () => {
    const { loads } = summary([sample(1, 'direct', 1), sample(1, 'bare', 2, { cpuUsPerRequest: 55 })]);
    expect(loads.map((row) => row.cpuUsPerRequest?.median)).toEqual([undefined, 55]);
  });
});
