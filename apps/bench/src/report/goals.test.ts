import { describe, expect, it } from 'vitest';
import type { SubjectId } from '../subjects/subject.ts';
import type { LoadRow, Summary } from '../summary.ts';
import { goals, isMet } from './goals.ts';

const of = (value: number) => ({ median: value, min: value, max: value });
const load = (subject: SubjectId, requestsPerSecond: number, addedP50Ms: number): LoadRow => ({
  subject,
  kind: 'plain',
  concurrency: 10,
  requestsPerSecond: of(requestsPerSecond),
  p50Ms: of(1),
  addedP50Ms: of(addedP50Ms),
  addedP99Ms: of(1),
  cpuUsPerRequest: undefined,
  failures: 0,
  worstForeignCpuShare: 0,
});
const empty: Summary = { loads: [], streams: [], processes: [] };

describe('goals', () => {
  it('divides our throughput and added latency by the peer’s', () => {
    const loads = [load('bare', 9_000, 0.5), load('everything', 7_000, 1), load('peer', 900, 10)];
    expect(goals({ ...empty, loads }).map(({ measured }) => measured)).toEqual([10, 0.05, 7_000 / 900]);
  });

  it('judges nothing that needs a peer when there is none', () => {
    expect(goals({ ...empty, loads: [load('bare', 9_000, 0.5)] })).toEqual([]);
  });

  it('judges memory and first token without a peer', () => {
    const summary: Summary = {
      ...empty,
      streams: [
        { subject: 'bare', concurrency: 1, firstTokenMs: of(2), addedFirstTokenMs: of(1.6), addedLastTokenMs: of(2) },
      ],
      processes: [{ subject: 'bare', coldStartMs: of(300), peakMemoryBytes: of(150_000_000) }],
    };
    expect(goals(summary).map(isMet)).toEqual([false, true]);
  });
});
