import type { Retry } from '@portolan/config-schema';
import { describe, expect, it } from 'vitest';
import { type AttemptEnd, decideRetry, NO_RETRIES, type RetryProgress, retryAfterMs } from './retry.ts';

const DEFAULT_STATUSES = [429, 500, 502, 503, 504, 529];

const policy = (rest: Partial<Retry> = {}): Retry => ({
  attempts: 5,
  onStatusCodes: DEFAULT_STATUSES,
  useRetryAfterHeader: false,
  ...rest,
});

const ended = (status: number, rest: Partial<AttemptEnd> = {}): AttemptEnd => ({
  status,
  network: false,
  final: false,
  retryAfterMs: undefined,
  ...rest,
});

/** The middle of the jitter, so that waits are the base series. */
const options = { backoffBaseMs: 1_000, random: 0.5 };

/** Feeds one end after another and tells the waits in between and the final count. */
const play = (
  retry: Retry | undefined,
  ends: readonly AttemptEnd[],
): { waitsMs: number[]; calls: number; retryCount: number | undefined } => {
  let progress: RetryProgress = NO_RETRIES;
  const waitsMs: number[] = [];
  for (const [at, end] of ends.entries()) {
    const decision = decideRetry(retry, progress, end, options);
    if (!decision.again) return { waitsMs, calls: at + 1, retryCount: decision.retryCount };
    waitsMs.push(decision.waitMs);
    progress = decision.progress;
  }
  return { waitsMs, calls: ends.length, retryCount: undefined };
};

const times = (count: number, end: AttemptEnd): AttemptEnd[] => Array.from({ length: count }, () => end);

describe('how often', () => {
  it('without a policy there is one call, and no retry is counted', () => {
    expect(play(undefined, [ended(503)])).toEqual({ waitsMs: [], calls: 1, retryCount: 0 });
    expect(play(policy({ attempts: 0 }), [ended(503)])).toEqual({ waitsMs: [], calls: 1, retryCount: 0 });
    expect(play(undefined, [ended(502, { network: true })])).toMatchObject({ calls: 1, retryCount: 0 });
  });

  it('attempts come on top of the first call, and -1 says that they are used up', () => {
    for (let attempts = 1; attempts <= 5; attempts++) {
      expect(play(policy({ attempts }), times(9, ended(503)))).toMatchObject({ calls: attempts + 1, retryCount: -1 });
    }
  });

  it('n says that retry n settled it, whether it succeeded or met a status outside the list', () => {
    expect(play(policy(), [ended(200)])).toMatchObject({ calls: 1, retryCount: 0 });
    expect(play(policy(), [ended(429), ended(429), ended(200)])).toMatchObject({ calls: 3, retryCount: 2 });
    expect(play(policy(), [ended(429), ended(400)])).toMatchObject({ calls: 2, retryCount: 1 });
    expect(play(policy({ attempts: 1 }), [ended(429), ended(200)])).toMatchObject({ calls: 2, retryCount: 1 });
  });
});

describe('on what', () => {
  it.each(DEFAULT_STATUSES)('%i is on the default list', (status) => {
    expect(play(policy(), [ended(status), ended(200)])).toMatchObject({ calls: 2 });
  });

  it.each([200, 201, 204, 205, 246, 400, 401, 403, 404, 408, 409, 412, 422, 446, 501])(
    '%i is retried only when listed',
    (status) => {
      expect(play(policy({ onStatusCodes: DEFAULT_STATUSES }), [ended(status)])).toMatchObject({ calls: 1 });
      expect(play(policy({ onStatusCodes: [status] }), [ended(status), ended(299)])).toMatchObject({ calls: 2 });
    },
  );

  it('an own list replaces the default one', () => {
    expect(play(policy({ onStatusCodes: [408] }), [ended(429)])).toMatchObject({ calls: 1, retryCount: 0 });
  });

  it('failures of the network are retried whatever the list says, while attempts remain', () => {
    const refused = ended(502, { network: true });
    expect(play(policy({ onStatusCodes: [] }), [refused, ended(200)])).toMatchObject({ calls: 2, retryCount: 1 });
    expect(play(policy({ onStatusCodes: [], attempts: 2 }), times(5, refused))).toMatchObject({
      calls: 3,
      retryCount: -1,
    });
    expect(play(policy({ onStatusCodes: [] }), [ended(502)])).toMatchObject({ calls: 1, retryCount: 0 });
  });

  it('nothing follows an end that is final', () => {
    expect(play(policy(), [ended(503, { final: true })])).toMatchObject({ calls: 1 });
    expect(play(policy(), [ended(502, { final: true, network: true })])).toMatchObject({ calls: 1 });
  });
});

describe('how long', () => {
  it('the wait doubles with each retry', () => {
    expect(play(policy(), times(6, ended(503)))).toEqual({
      waitsMs: [1_000, 2_000, 4_000, 8_000, 16_000],
      calls: 6,
      retryCount: -1,
    });
  });

  it('jitter moves a wait by a tenth at most', () => {
    const waitAt = (random: number) => {
      const decision = decideRetry(policy(), NO_RETRIES, ended(503), { backoffBaseMs: 1_000, random });
      return decision.again ? decision.waitMs : undefined;
    };
    expect(waitAt(0)).toBe(900);
    expect(waitAt(0.999_999)).toBe(1_100);
  });

  const asking = policy({ useRetryAfterHeader: true });

  it('what a 429 asks for is waited exactly, and afterwards there is no backoff any more', () => {
    const ends = [ended(429, { retryAfterMs: 7_000 }), ended(429), ended(500), ended(200)];
    expect(play(asking, ends)).toEqual({ waitsMs: [7_000, 0, 0], calls: 4, retryCount: 3 });
  });

  it('being asked to come back at once also ends the backoff', () => {
    const ends = [ended(429, { retryAfterMs: 0 }), ended(429), ended(200)];
    expect(play(asking, ends)).toEqual({ waitsMs: [0, 0], calls: 3, retryCount: 2 });
  });

  it('only a 429 may ask, and only where the policy listens', () => {
    expect(play(asking, [ended(503, { retryAfterMs: 7_000 }), ended(200)])).toMatchObject({ waitsMs: [1_000] });
    expect(play(policy(), [ended(429, { retryAfterMs: 7_000 }), ended(200)])).toMatchObject({ waitsMs: [1_000] });
    expect(play(asking, [ended(429), ended(200)])).toMatchObject({ waitsMs: [1_000] });
  });

  it('a wish of a minute or more is refused, and the answer stands', () => {
    expect(play(asking, [ended(429, { retryAfterMs: 59_999 }), ended(200)])).toMatchObject({ waitsMs: [59_999] });
    expect(play(asking, [ended(429, { retryAfterMs: 60_000 })])).toEqual({ waitsMs: [], calls: 1, retryCount: -1 });
  });

  it('wishes of more than a minute in sum are refused as well', () => {
    const wish = ended(429, { retryAfterMs: 25_000 });
    expect(play(asking, times(5, wish))).toEqual({ waitsMs: [25_000, 25_000], calls: 3, retryCount: -1 });
    const half = ended(429, { retryAfterMs: 30_000 });
    expect(play(asking, [half, half, ended(200)])).toMatchObject({ waitsMs: [30_000, 30_000], retryCount: 2 });
  });
});

describe('what a provider asks for', () => {
  const now = Date.UTC(2026, 0, 31, 12, 0, 0);
  const asked = (headers: Record<string, string | string[]>) => retryAfterMs(headers, now);

  it.each([
    [{ 'retry-after-ms': '1500' }, 1_500],
    [{ 'x-ms-retry-after-ms': '250' }, 250],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': ' 3 ' }, 3_000],
    [{ 'retry-after': 'Sat, 31 Jan 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sat, 31 Jan 2026 11:59:00 GMT' }, 0],
    [{}, undefined],
  ])('%j is %j ms', (headers, ms) => {
    expect(asked(headers)).toBe(ms);
  });

  it('the first of retry-after-ms, x-ms-retry-after-ms and retry-after counts', () => {
    expect(asked({ 'retry-after': '9', 'x-ms-retry-after-ms': '20', 'retry-after-ms': '10' })).toBe(10);
    expect(asked({ 'retry-after': '9', 'x-ms-retry-after-ms': '20' })).toBe(20);
    expect(asked({ 'retry-after': '9', 'retry-after-ms': 'soon' })).toBe(9_000);
  });

  it.each(['soon', '-5', '-1', '1e3', '5 apples', 'NaN', ''])('%j cannot be understood', (value) => {
    expect(asked({ 'retry-after': value })).toBeUndefined();
  });
});
