import type { Policy } from '@portolan/config-schema';

/** The deadlines of a call at one target, all in ms; Infinity for none. */
export interface Deadlines {
  /** The whole call with all targets, attempts and waits. */
  readonly totalMs: number;
  /** One attempt: until the headers of a plain answer, until the first event of a stream. */
  readonly attemptMs: number;
  /** Until a token of a stream came. */
  readonly firstTokenMs: number;
  /** Silence inside a stream. */
  readonly idleMs: number;
  /** Where no timeout is set at all: until headers, and silence inside a plain answer. */
  readonly upstreamMs: number;
}

export interface DefaultDeadlines {
  /** 0 for none. */
  readonly totalMs: number;
  /** 0 for none. */
  readonly firstTokenMs: number;
  readonly idleMs: number;
  readonly upstreamMs: number;
}

/** A header wins for every target, then what the config says for the target, then the deployment. */
export const deadlinesOf = (policy: Policy, header: number | undefined, defaults: DefaultDeadlines): Deadlines => ({
  totalMs: policy.totalTimeoutMs ?? orNone(defaults.totalMs),
  attemptMs: header ?? policy.requestTimeoutMs ?? Number.POSITIVE_INFINITY,
  firstTokenMs: policy.firstTokenTimeoutMs ?? orNone(defaults.firstTokenMs),
  idleMs: policy.streamIdleTimeoutMs ?? defaults.idleMs,
  upstreamMs: defaults.upstreamMs,
});

const orNone = (ms: number): number => (ms > 0 ? ms : Number.POSITIVE_INFINITY);
