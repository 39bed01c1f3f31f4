/** Time as an argument, so that policies can be tested without waiting. */
export interface Clock {
  /** Wall time, Unix milliseconds: for records. */
  wallMs(): number;
  /** Monotonic milliseconds, with fractions: for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
