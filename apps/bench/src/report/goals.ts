import type { SubjectId } from '../subjects/subject.ts';
import type { LoadRow, Summary } from '../summary.ts';

/** One thing we promise, and what was measured. */
export interface Goal {
  readonly promise: string;
  readonly measured: number;
  readonly bound: number;
  readonly direction: 'at least' | 'at most';
  readonly unit: string;
}

const MEGABYTE = 1_000_000;
const CONCURRENCIES = [10, 64] as const;
const STREAM_CONCURRENCIES = [1, 10] as const;
const OURS = [
  ['bare', 'bare gateway'],
  ['everything', 'gateway with everything on'],
] as const;

/** The goals that the measured subjects allow to judge; those that compare need the peer. */
export const goals = (summary: Summary): Goal[] => [
  ...throughputGoal(summary, 'bare', 'bare gateway', 10),
  ...addedLatencyGoal(summary),
  ...throughputGoal(summary, 'everything', 'gateway with everything on', 8),
  ...firstTokenGoal(summary),
  ...memoryGoal(summary),
];

export const isMet = ({ measured, bound, direction }: Goal): boolean =>
  direction === 'at least' ? measured >= bound : measured <= bound;

function throughputGoal(summary: Summary, id: SubjectId, name: string, bound: number): Goal[] {
  return CONCURRENCIES.flatMap((concurrency) => {
    const [ours, peer] = [plain(summary, id, concurrency), plain(summary, 'peer', concurrency)];
    if (ours === undefined || peer === undefined) return [];
    const measured = ours.requestsPerSecond.median / peer.requestsPerSecond.median;
    const promise = `${name}: requests/s against the peer, ${concurrency} at once`;
    return [{ promise, measured, bound, direction: 'at least', unit: 'x' }];
  });
}

function addedLatencyGoal(summary: Summary): Goal[] {
  return CONCURRENCIES.flatMap((concurrency) => {
    const [ours, peer] = [plain(summary, 'bare', concurrency), plain(summary, 'peer', concurrency)];
    if (ours === undefined || peer === undefined) return [];
    const measured = ours.addedP50Ms.median / peer.addedP50Ms.median;
    const promise = `bare gateway: added p50 against the peer, ${concurrency} at once`;
    return [{ promise, measured, bound: 1 / 8, direction: 'at most', unit: 'x' }];
  });
}

function firstTokenGoal(summary: Summary): Goal[] {
  return OURS.flatMap(([id, name]) =>
    STREAM_CONCURRENCIES.flatMap((concurrency) => {
      const row = summary.streams.find((s) => s.subject === id && s.concurrency === concurrency);
      if (row === undefined) return [];
      const promise = `${name}: added time to first token, ${concurrency} at once`;
      return [
        { promise, measured: row.addedFirstTokenMs.median, bound: 1.5, direction: 'at most' as const, unit: 'ms' },
      ];
    }),
  );
}

function memoryGoal(summary: Summary): Goal[] {
  return OURS.flatMap(([id, name]) => {
    const row = summary.processes.find((s) => s.subject === id);
    if (row === undefined) return [];
    const measured = row.peakMemoryBytes.median / MEGABYTE;
    return [{ promise: `${name}: peak memory`, measured, bound: 150, direction: 'at most' as const, unit: 'MB' }];
  });
}

const plain = (summary: Summary, id: SubjectId, concurrency: number): LoadRow | undefined =>
  summary.loads.find((row) => row.subject === id && row.kind === 'plain' && row.concurrency === concurrency);
