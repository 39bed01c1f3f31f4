import type { LoadResult } from './load/plan.ts';
import type { SubjectId } from './subjects/subject.ts';

export type Kind = 'plain' | 'streamed';

/** One window of load on one subject. */
export interface WindowSample extends LoadResult {
  readonly round: number;
  readonly subject: SubjectId;
  readonly kind: Kind;
  readonly concurrency: number;
  /** CPU time of the subject's process per answer; the direct call has no process. */
  readonly cpuUsPerRequest?: number;
  /** Share of the machine that other processes used meanwhile, 0 … 1. */
  readonly foreignCpuShare: number;
}

/** Streams one subject answered in one round, read by our own client. */
export interface StreamSample {
  readonly round: number;
  readonly subject: SubjectId;
  readonly concurrency: number;
  readonly firstTokenMs: number;
  readonly lastTokenMs: number;
}

/** One life of a subject's process. */
export interface ProcessSample {
  readonly round: number;
  readonly subject: SubjectId;
  readonly coldStartMs: number;
  readonly peakMemoryBytes: number;
}

export interface Samples {
  readonly windows: readonly WindowSample[];
  readonly streams: readonly StreamSample[];
  readonly processes: readonly ProcessSample[];
}
