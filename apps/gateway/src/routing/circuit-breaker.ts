import type { CircuitBreaker, RouteNode } from '@portolan/config-schema';

/** What is remembered of one target. Times are monotonic ms. */
export interface BreakerState {
  readonly failures: number;
  readonly successes: number;
  /** Counting began at the first failure. */
  readonly firstFailureAtMs: number;
  /** Set while open: when a trial may be made. */
  readonly openUntilMs: number | undefined;
  /** A trial is under way since then. */
  readonly trialSinceMs: number | undefined;
}

export type BreakerVerdict = 'closed' | 'open' | 'half-open';

/** A trial that never came back does not block the next one for longer. */
const TRIAL_MS = 60_000;

/** May this target be used now? Half-open lets one trial through at a time. */
export const verdict = (state: BreakerState | undefined, nowMs: number): BreakerVerdict => {
  if (state?.openUntilMs === undefined) return 'closed';
  if (nowMs < state.openUntilMs) return 'open';
  const trialRuns = state.trialSinceMs !== undefined && nowMs - state.trialSinceMs < TRIAL_MS;
  return trialRuns ? 'open' : 'half-open';
};

const isFailure = (breaker: CircuitBreaker, status: number): boolean =>
  breaker.failureStatusCodes?.includes(status) ?? status >= 500;

/** The state after an outcome; undefined is the closed, empty one. A good trial closes, a bad one opens again. */
export const afterOutcome = (
  breaker: CircuitBreaker,
  before: BreakerState | undefined,
  status: number,
  nowMs: number,
): BreakerState | undefined => {
  const failed = isFailure(breaker, status);
  const succeeded = !failed && status >= 200 && status < 300;
  const state = isStale(breaker, before, nowMs) ? undefined : before;
  if (state?.openUntilMs !== undefined) {
    if (nowMs < state.openUntilMs) return state;
    if (succeeded) return undefined;
    // Neither good nor bad, a caller's own mistake for instance: the trial has shown nothing.
    if (!failed) return { ...state, trialSinceMs: undefined };
    return { ...state, openUntilMs: nowMs + breaker.cooldownIntervalMs, trialSinceMs: undefined };
  }
  if (!failed) return state && succeeded ? { ...state, successes: state.successes + 1 } : state;
  const counted: BreakerState = {
    failures: (state?.failures ?? 0) + 1,
    successes: state?.successes ?? 0,
    firstFailureAtMs: state?.firstFailureAtMs ?? nowMs,
    openUntilMs: undefined,
    trialSinceMs: undefined,
  };
  return trips(breaker, counted)
    ? { ...counted, openUntilMs: counted.firstFailureAtMs + breaker.cooldownIntervalMs }
    : counted;
};

/** Failures older than the cooldown no longer count, unless they opened the breaker. */
const isStale = (breaker: CircuitBreaker, state: BreakerState | undefined, nowMs: number): boolean =>
  state !== undefined &&
  state.openUntilMs === undefined &&
  nowMs - state.firstFailureAtMs >= breaker.cooldownIntervalMs;

const trips = (breaker: CircuitBreaker, { failures, successes }: BreakerState): boolean => {
  const total = failures + successes;
  return (
    (breaker.failureThreshold !== undefined && failures >= breaker.failureThreshold) ||
    (breaker.failureThresholdPercentage !== undefined &&
      total >= breaker.minimumRequests &&
      (100 * failures) / total >= breaker.failureThresholdPercentage)
  );
};

/** Only with a cooldown and a threshold does a breaker do anything. */
export const isActive = (breaker: CircuitBreaker | undefined): breaker is CircuitBreaker =>
  breaker !== undefined && (breaker.failureThreshold !== undefined || breaker.failureThresholdPercentage !== undefined);

/** Leaf by leaf; a group is shut when all its children are. */
export const isShut = (node: RouteNode, leafIsShut: (path: string) => boolean): boolean =>
  node.kind === 'leaf' ? leafIsShut(node.path) : node.children.every((child) => isShut(child, leafIsShut));
