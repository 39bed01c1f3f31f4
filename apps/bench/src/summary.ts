import type { Kind, ProcessSample, Samples, StreamSample, WindowSample } from './samples.ts';
import { type Spread, spread } from './statistics.ts';
import type { SubjectId } from './subjects/subject.ts';

export interface LoadRow {
  readonly subject: SubjectId;
  readonly kind: Kind;
  readonly concurrency: number;
  readonly requestsPerSecond: Spread;
  readonly p50Ms: Spread;
  /** Over the direct call of the same round. */
  readonly addedP50Ms: Spread;
  readonly addedP99Ms: Spread;
  readonly cpuUsPerRequest: Spread | undefined;
  readonly failures: number;
  readonly worstForeignCpuShare: number;
}

export interface StreamRow {
  readonly subject: SubjectId;
  readonly concurrency: number;
  readonly firstTokenMs: Spread;
  readonly addedFirstTokenMs: Spread;
  readonly addedLastTokenMs: Spread;
}

export interface ProcessRow {
  readonly subject: SubjectId;
  readonly coldStartMs: Spread;
  readonly peakMemoryBytes: Spread;
}

export interface Summary {
  readonly loads: readonly LoadRow[];
  readonly streams: readonly StreamRow[];
  readonly processes: readonly ProcessRow[];
}

/** Rounds -> medians with extremes. What a subject adds is taken inside each round, where both saw the same machine. */
export const summarise = (samples: Samples): Summary => ({
  loads: groupBy(samples.windows, (s) => `${s.kind} ${s.concurrency} ${s.subject}`).map((group) =>
    loadRow(group, samples.windows),
  ),
  streams: groupBy(samples.streams, (s) => `${s.concurrency} ${s.subject}`).map((group) =>
    streamRow(group, samples.streams),
  ),
  processes: groupBy(samples.processes, (s) => s.subject).map(processRow),
});

function loadRow(group: Group<WindowSample>, all: readonly WindowSample[]): LoadRow {
  const { subject, kind, concurrency } = group[0];
  const added = (value: (sample: WindowSample) => number): Spread =>
    spread(
      group.map((sample) => {
        const base = all.find((s) => s.subject === 'direct' && s.kind === kind && isBeside(s, sample));
        return value(sample) - (base === undefined ? Number.NaN : value(base));
      }),
    );
  const cpu = group.flatMap((sample) => sample.cpuUsPerRequest ?? []);
  return {
    subject,
    kind,
    concurrency,
    requestsPerSecond: spread(group.map((sample) => sample.requestsPerSecond)),
    p50Ms: spread(group.map((sample) => sample.p50Ms)),
    addedP50Ms: added((sample) => sample.p50Ms),
    addedP99Ms: added((sample) => sample.p99Ms),
    cpuUsPerRequest: cpu.length === 0 ? undefined : spread(cpu),
    failures: group.reduce((sum, sample) => sum + sample.failures, 0),
    worstForeignCpuShare: Math.max(...group.map((sample) => sample.foreignCpuShare)),
  };
}

function streamRow(group: Group<StreamSample>, all: readonly StreamSample[]): StreamRow {
  const { subject, concurrency } = group[0];
  const added = (value: (sample: StreamSample) => number): Spread =>
    spread(
      group.map((sample) => {
        const base = all.find((s) => s.subject === 'direct' && isBeside(s, sample));
        return value(sample) - (base === undefined ? Number.NaN : value(base));
      }),
    );
  return {
    subject,
    concurrency,
    firstTokenMs: spread(group.map((sample) => sample.firstTokenMs)),
    addedFirstTokenMs: added((sample) => sample.firstTokenMs),
    addedLastTokenMs: added((sample) => sample.lastTokenMs),
  };
}

const processRow = (group: Group<ProcessSample>): ProcessRow => ({
  subject: group[0].subject,
  coldStartMs: spread(group.map((sample) => sample.coldStartMs)),
  peakMemoryBytes: spread(group.map((sample) => sample.peakMemoryBytes)),
});

interface Place {
  readonly round: number;
  readonly concurrency: number;
}
const isBeside = (a: Place, b: Place): boolean => a.round === b.round && a.concurrency === b.concurrency;

type Group<T> = readonly [T, ...T[]];

/** In order of first appearance, which is the order of measuring. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
