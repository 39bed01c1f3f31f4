import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiKeyDigest } from './digest.ts';
import {
  type KeySecret,
  liveSecrets,
  MIN_TRANSITION_MS,
  rotate,
  secretState,
  WARNING_LEAD_MS,
  warnAtMs,
} from './rotation.ts';
import { nextRotationAtMs, type RotationPeriod, rotationPolicyProblem } from './rotation-policy.ts';

const digest = (byte: number): ApiKeyDigest => ({ pepperId: 'p1', digest: new Uint8Array(32).fill(byte) });
const fresh: KeySecret = { stored: digest(1), createdAtMs: 0, endsAtMs: null };
const request = { newSecret: digest(2), nowMs: 1_000, keyExpiresAtMs: null };

test('a secret works until the millisecond of its end', () => {
  expect(secretState({ endsAtMs: null }, 5)).toBe('active');
  expect(secretState({ endsAtMs: 6 }, 5)).toBe('expiring');
  expect(secretState({ endsAtMs: 5 }, 5)).toBe('expired');
});

test('both secrets work in the window, only the new one afterwards', () => {
  const rotated = rotate([fresh], request);
  if (rotated.outcome !== 'rotated') throw new Error(rotated.reason);
  expect(rotated.transitionEndsAtMs).toBe(1_000 + MIN_TRANSITION_MS);
  const live = (nowMs: number) => liveSecrets(rotated.secrets, nowMs).map(({ stored }) => stored.digest[0]);
  expect(live(1_000 + MIN_TRANSITION_MS - 1)).toEqual([1, 2]);
  expect(live(1_000 + MIN_TRANSITION_MS)).toEqual([2]);
});

test('a second rotation is refused while a transition runs and taken afterwards', () => {
  const rotated = rotate([fresh], request);
  if (rotated.outcome !== 'rotated') throw new Error(rotated.reason);
  const again = (nowMs: number) => rotate(rotated.secrets, { ...request, nowMs, newSecret: digest(3) });
  expect(again(2_000)).toEqual({ outcome: 'refused', reason: 'transition_running' });
  expect(again(rotated.transitionEndsAtMs)).toMatchObject({
    outcome: 'rotated',
    secrets: [{ stored: digest(2) }, { stored: digest(3) }],
  });
});

test.each([MIN_TRANSITION_MS - 1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, MIN_TRANSITION_MS + 0.5])(
  'a transition of %d ms is refused',
  (transitionMs) => {
    expect(rotate([fresh], { ...request, transitionMs })).toEqual({
      outcome: 'refused',
      reason: 'transition_too_short',
    });
  },
);

test('an expired key does not come back by rotation', () => {
  const refused = { outcome: 'refused', reason: 'key_expired' };
  expect(rotate([{ ...fresh, endsAtMs: 1_000 }], request)).toEqual(refused);
  expect(rotate([fresh], { ...request, keyExpiresAtMs: 1_000 })).toEqual(refused);
  expect(rotate([], request)).toEqual(refused);
});

test('whatever the times, two secrets at most, and none outlives its key', () => {
  const times = fc.integer({ min: 0, max: 1e10 });
  fc.assert(
    fc.property(
      times,
      fc.option(times),
      fc.option(times),
      fc.integer({ min: MIN_TRANSITION_MS, max: 1e9 }),
      (nowMs, endsAtMs, keyExpiresAtMs, transitionMs) => {
        const result = rotate([{ ...fresh, endsAtMs }], { ...request, nowMs, keyExpiresAtMs, transitionMs });
        if (result.outcome === 'refused') return;
        const [old, next] = result.secrets;
        expect(old.endsAtMs).toBe(result.transitionEndsAtMs);
        expect(result.transitionEndsAtMs).toBeLessThanOrEqual(nowMs + transitionMs);
        for (const limit of [endsAtMs, keyExpiresAtMs]) {
          if (limit !== null) expect(result.transitionEndsAtMs).toBeLessThanOrEqual(limit);
        }
        expect(next.endsAtMs).toBe(keyExpiresAtMs);
      },
    ),
  );
});

test('the warning goes out a day before the end, or at once', () => {
  expect(warnAtMs({ endsAtMs: null }, 0)).toBeNull();
  expect(warnAtMs({ endsAtMs: 2 * WARNING_LEAD_MS }, 0)).toBe(WARNING_LEAD_MS);
  expect(warnAtMs({ endsAtMs: 10 }, 5)).toBe(5);
});

describe('rotation by itself', () => {
  const next = (period: RotationPeriod, after: string) =>
    new Date(nextRotationAtMs(period, Date.parse(after))).toISOString();

  test.each([
    [{ every: 'weekly' }, '2026-11-24T10:00:00Z', '2026-11-30T00:00:00.000Z'],
    [{ every: 'weekly' }, '2026-11-30T00:00:00Z', '2026-12-07T00:00:00.000Z'],
    [{ every: 'weekly' }, '2026-11-29T23:59:59Z', '2026-11-30T00:00:00.000Z'],
    [{ every: 'monthly' }, '2026-12-31T23:00:00Z', '2027-01-01T00:00:00.000Z'],
    [{ every: 'monthly' }, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00.000Z'],
    [{ every: 'days', days: 90 }, '2026-11-24T10:00:00Z', '2027-02-22T00:00:00.000Z'],
  ] as const)('%j after %s is %s', (period, after, expected) => {
    expect(next(period, after)).toBe(expected);
  });

  test('the transition must end before the next rotation', () => {
    expect(rotationPolicyProblem({ every: 'days', days: 1 }, MIN_TRANSITION_MS)).toBeUndefined();
    expect(rotationPolicyProblem({ every: 'days', days: 1 }, 86_400_000)).toContain('shorter');
    expect(rotationPolicyProblem({ every: 'monthly' }, 28 * 86_400_000)).toContain('shorter');
    expect(rotationPolicyProblem({ every: 'weekly' }, 1)).toContain('at least');
    for (const days of [0, 366, 1.5, Number.NaN]) {
      expect(rotationPolicyProblem({ every: 'days', days }, MIN_TRANSITION_MS)).toContain('1 to 365');
    }
  });
});
