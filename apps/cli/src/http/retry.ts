const TRIES_MAX = 3;
const FIRST_WAIT_MS = 250;
const WAIT_MAX_MS = 5_000;
const PASSING = new Set([0, 408, 429, 502, 503, 504]);

/**
 * How long to wait before a call is tried again, in milliseconds; undefined when it is not.
 * Only reads are: a write may have happened though its answer was lost.
 * @param tried  how often it was, at least 1
 * @param status  of the answer; 0 when there was none
 * @param retryAfterS  what the answer asked for
 */
export const waitBeforeRetry = (
  method: string,
  tried: number,
  status: number,
  retryAfterS: number | undefined,
): number | undefined => {
  if (method !== 'GET' || tried >= TRIES_MAX || !PASSING.has(status)) return undefined;
  const asked = retryAfterS === undefined ? FIRST_WAIT_MS * 2 ** (tried - 1) : retryAfterS * 1_000;
  return asked > WAIT_MAX_MS ? undefined : asked;
};
