import type { Retry } from '@portolan/config-schema';

/** A wait asked for by a provider, or all waits of one call together, may not pass this. */
const MAX_RETRY_AFTER_MS = 60_000;

/** How an attempt ended, as far as retrying cares. */
export interface AttemptEnd {
  readonly status: number;
  /** Nothing came back: retried while attempts remain, whatever the list says. */
  readonly network: boolean;
  /** No attempt may follow. */
  readonly final: boolean;
  /** What the provider asked for, in ms; undefined when it did not, or not understandably. */
  readonly retryAfterMs: number | undefined;
}

export interface RetryProgress {
  /** Retries made so far. */
  readonly made: number;
  /** Waited on the provider's request so far, ms; undefined while it never asked. */
  readonly askedWaitMs: number | undefined;
}

export type RetryDecision =
  | { readonly again: false; readonly retryCount: number }
  | { readonly again: true; readonly waitMs: number; readonly progress: RetryProgress };

export const NO_RETRIES: RetryProgress = { made: 0, askedWaitMs: undefined };

/**
 * Try again, or say how often it was tried: 0 without a retry, n when retry n settled it, -1 when given up.
 * @param random  uniform in [0, 1), for up to ±10 % of jitter
 */
export const decideRetry = (
  retry: Retry | undefined,
  progress: RetryProgress,
  end: AttemptEnd,
  options: { backoffBaseMs: number; random: number },
): RetryDecision => {
  const attempts = retry?.attempts ?? 0;
  const wanted = !end.final && (end.network || (retry?.onStatusCodes.includes(end.status) ?? false));
  if (!wanted || retry === undefined || attempts === 0) return { again: false, retryCount: progress.made };
  if (progress.made >= attempts) return { again: false, retryCount: -1 };
  const asked = retry.useRetryAfterHeader && end.status === 429 ? end.retryAfterMs : undefined;
  const made = progress.made + 1;
  if (asked === undefined) {
    // Whoever waited as long as the provider wished need not wait on top of that.
    const backoffMs = progress.askedWaitMs !== undefined ? 0 : options.backoffBaseMs * 2 ** progress.made;
    const waitMs = Math.round(backoffMs * (0.9 + 0.2 * options.random));
    return { again: true, waitMs, progress: { made, askedWaitMs: progress.askedWaitMs } };
  }
  const askedWaitMs = (progress.askedWaitMs ?? 0) + asked;
  if (asked >= MAX_RETRY_AFTER_MS || askedWaitMs > MAX_RETRY_AFTER_MS) return { again: false, retryCount: -1 };
  return { again: true, waitMs: asked, progress: { made, askedWaitMs } };
};

type HeaderValue = string | string[] | undefined;

/**
 * A provider's wish to be left alone for a while, in ms.
 * @source RFC 9110 section 10.2.3 for seconds and dates; the `-ms` forms are vendors' own
 */
export const retryAfterMs = (headers: Readonly<Record<string, HeaderValue>>, nowUnixMs: number): number | undefined => {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = decimal(headers[name]);
    if (ms !== undefined) return ms;
  }
  const value = headers['retry-after'];
  const seconds = decimal(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = typeof value === 'string' && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowUnixMs);
};

/** `Sun, 06 Nov 1994 08:49:37 GMT`: JavaScript would take far more for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

const decimal = (value: HeaderValue): number | undefined =>
  typeof value === 'string' && /^\d{1,12}(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
