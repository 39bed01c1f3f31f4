import { expect, test } from 'vitest';
import * as z from 'zod';
import { readInput } from '../http/input.ts';
import {
  HANDLE_USAGE_RULE,
  KEY_RATE_UNITS,
  rateLimitsField,
  SHARED_RATE_UNITS,
  storedRateLimits,
  storedUsageLimits,
  usageLimitsAsArray,
  usageLimitsAsObject,
  usageLimitsField,
  WORKSPACE_USAGE_RULE,
} from './limits.ts';

const read = (body: Record<string, unknown>, rule = WORKSPACE_USAGE_RULE) =>
  readInput(
    { body, ignored: new Set() },
    z.object({ usage_limits: usageLimitsField(rule), rate_limits: rateLimitsField({ units: SHARED_RATE_UNITS }) }),
  );

const problemsOf = (body: Record<string, unknown>, rule = WORKSPACE_USAGE_RULE): unknown => {
  try {
    return read(body, rule);
  } catch (error) {
    return Reflect.get(Object(error), 'errors');
  }
};

const cost = { type: 'cost', credit_limit: 10 };

test('an object and an array of it mean the same, and are stored as an array that answers give back', () => {
  const full = { ...cost, alert_threshold: null, periodic_reset: 'monthly', periodic_reset_days: null };
  const given = { credit_limit: 10, periodic_reset: 'monthly' };
  const stored = read({ usage_limits: given }).usage_limits ?? [];
  expect(stored).toEqual([{ ...full, next_usage_reset_at: null }]);
  expect(read({ usage_limits: [given] }).usage_limits).toEqual(stored);
  expect(storedUsageLimits.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  expect(usageLimitsAsArray(stored)).toEqual(stored);
  expect(usageLimitsAsObject(stored)).toEqual(stored[0]);
  expect(usageLimitsAsObject([])).toBeNull();
  // What an answer held may be sent back as it was.
  expect(read({ usage_limits: [{ ...stored[0], id: 'x', current_usage: 3, status: 'active' }] }).usage_limits).toEqual(
    stored,
  );
});

test('absent stays absent, null stays null, and a limit without an amount is none', () => {
  expect(read({})).toEqual({});
  expect(read({ usage_limits: null, rate_limits: null })).toEqual({ usage_limits: null, rate_limits: null });
  expect(read({ usage_limits: [], rate_limits: [] })).toEqual({ usage_limits: [], rate_limits: [] });
  expect(read({ usage_limits: { credit_limit: null } }).usage_limits).toEqual([]);
  expect(storedUsageLimits.parse(null)).toEqual([]);
  expect(storedRateLimits.parse(null)).toEqual([]);
});

test.each([
  [{ credit_limt: 5 }, /^usage_limits\.0\.credit_limt: There is no such field; did you mean "credit_limit"\?$/],
  [{ credit_limit: '5' }, /^usage_limits\.0\.credit_limit: /],
  [{ credit_limit: 0.5 }, /^usage_limits\.0\.credit_limit: /],
  [{ credit_limit: 0 }, /^usage_limits\.0\.credit_limit: must be at least 1/],
  [{ type: 'tokens', credit_limit: 99 }, /^usage_limits\.0\.credit_limit: must be at least 100/],
  [{ type: 'requests', credit_limit: 99 }, /^usage_limits\.0\.type: /],
  [{ ...cost, alert_threshold: 10 }, /^usage_limits\.0\.alert_threshold: must be below/],
  [{ ...cost, periodic_reset: 'daily' }, /^usage_limits\.0\.periodic_reset: /],
  [{ ...cost, periodic_reset: 'weekly', periodic_reset_days: 3 }, /^usage_limits\.0\.periodic_reset_days: /],
  [{ ...cost, periodic_reset_days: 366 }, /^usage_limits\.0\.periodic_reset_days: /],
  [[cost, cost], /^usage_limits: has two limits/],
  ['10', /^usage_limits: must be an object or an array/],
])('usage_limits %j is refused with its path', (usage_limits, line) => {
  expect(problemsOf({ usage_limits })).toEqual([expect.stringMatching(line)]);
});

test('keys and virtual keys have one budget, in decimals if need be', () => {
  expect(read({ usage_limits: { credit_limit: 1.5 } }, HANDLE_USAGE_RULE).usage_limits?.[0]?.credit_limit).toBe(1.5);
  const two = [cost, { type: 'tokens', credit_limit: 100 }];
  expect(problemsOf({ usage_limits: two }, HANDLE_USAGE_RULE)).toEqual(['usage_limits: may hold one limit only']);
});

test('the first reset is a midnight in UTC', () => {
  const next_usage_reset_at = '2026-05-01T01:30:00+02:00';
  expect(read({ usage_limits: { ...cost, next_usage_reset_at } }).usage_limits?.[0]?.next_usage_reset_at).toBe(
    '2026-04-30T00:00:00.000Z',
  );
});

test.each([
  [{ type: 'requests', unit: 'rps', value: 1 }, /^rate_limits\.0\.unit: must be one of rpm, rph, rpd$/],
  [{ type: 'requests', unit: 'rpm' }, /^rate_limits\.0\.value: /],
  [{ type: 'requests', unit: 'rpm', value: -1 }, /^rate_limits\.0\.value: /],
  [{ type: 'request', unit: 'rpm', value: 1 }, /^rate_limits\.0\.type: /],
  [{ type: 'requests', unit: 'rpm', valu: 1, value: 1 }, /^rate_limits\.0\.valu: .*"value"/],
])('rate_limits %j is refused with its path', (rate_limits, line) => {
  expect(problemsOf({ rate_limits })).toEqual([expect.stringMatching(line)]);
});

test('a rate limit of 0 stays, because it blocks; the seconds are for keys only', () => {
  expect(read({ rate_limits: { type: 'tokens', unit: 'rpd', value: 0 } }).rate_limits).toEqual([
    { type: 'tokens', unit: 'rpd', value: 0 },
  ]);
  const ofKeys = rateLimitsField({ units: KEY_RATE_UNITS });
  expect(ofKeys.parse([{ type: 'requests', unit: 'rps', value: 5 }])).toHaveLength(1);
});
