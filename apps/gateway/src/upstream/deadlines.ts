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

/** Node fires a longer timer at once. Nobody means 24 days and a half. */
const MAX_TIMER_MS = 2_147_483_647;

/** A header wins for every target, then what the config says for the target, then the deployment. */
export const deadlinesOf = (policy: Policy, header: number | undefined, defaults: DefaultDeadlines): Deadlines => ({
  totalMs: bounded(policy.totalTimeoutMs) ?? orNone(defaults.totalMs),
  attemptMs: bounded(header ?? policy.requestTimeoutMs) ?? Number.POSITIVE_INFINITY,
  firstTokenMs: bounded(policy.firstTokenTimeoutMs) ?? orNone(defaults.firstTokenMs),
  idleMs: bounded(policy.streamIdleTimeoutMs) ?? defaults.idleMs,
  upstreamMs: defaults.upstreamMs,
});

const bounded = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.min(ms, MAX_TIMER_MS);

const orNone = (ms: number): number => (ms > 0 ? ms : Number.POSITIVE_INFINITY);
