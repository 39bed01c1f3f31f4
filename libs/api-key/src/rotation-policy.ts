import { MIN_TRANSITION_MS } from './rotation.ts';

const DAY_MS = 86_400_000;
const MAX_PERIOD_DAYS = 365;
const MONDAY = 1;
const DAYS_A_WEEK = 7;
/** February is the shortest calendar period. */
const SHORTEST_MONTH_MS = 28 * DAY_MS;

/** How often a key rotates by itself. */
export type RotationPeriod =
  | { readonly every: 'weekly' }
  | { readonly every: 'monthly' }
  /** Whole days, 1 to 365. */
  | { readonly every: 'days'; readonly days: number };

const periodMs = (period: RotationPeriod): number => {
  if (period.every === 'days') return period.days * DAY_MS;
  return period.every === 'weekly' ? DAYS_A_WEEK * DAY_MS : SHORTEST_MONTH_MS;
};

/**
 * What is wrong with a rotation policy, or undefined.
 * The old secret must have ended before the next rotation, or the key would have three.
 */
export const rotationPolicyProblem = (period: RotationPeriod, transitionMs: number): string | undefined => {
  if (
    period.every === 'days' &&
    !(Number.isInteger(period.days) && period.days >= 1 && period.days <= MAX_PERIOD_DAYS)
  ) {
    return `rotation_period_days must be a whole number from 1 to ${MAX_PERIOD_DAYS}`;
  }
  if (!Number.isSafeInteger(transitionMs) || transitionMs < MIN_TRANSITION_MS) {
    return `key_transition_period_ms must be at least ${MIN_TRANSITION_MS}`;
  }
  return transitionMs < periodMs(period)
    ? undefined
    : 'key_transition_period_ms must be shorter than the rotation period';
};

const startOfDayUtc = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

const nextMonday = (afterMs: number): number => {
  const day = startOfDayUtc(afterMs);
  const daysAhead = (MONDAY - new Date(day).getUTCDay() + DAYS_A_WEEK) % DAYS_A_WEEK;
  return day + (daysAhead === 0 ? DAYS_A_WEEK : daysAhead) * DAY_MS;
};

const nextFirstOfMonth = (afterMs: number): number => {
  const day = new Date(afterMs);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1);
};

/**
 * The next rotation strictly after a moment: Monday 00:00 UTC, the 1st of the month 00:00 UTC, or midnight UTC N days on.
 * @returns Unix milliseconds
 */
export const nextRotationAtMs = (period: RotationPeriod, afterMs: number): number => {
  if (period.every === 'weekly') return nextMonday(afterMs);
  if (period.every === 'monthly') return nextFirstOfMonth(afterMs);
  return startOfDayUtc(afterMs) + period.days * DAY_MS;
};
