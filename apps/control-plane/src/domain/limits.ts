import * as z from 'zod';
import type { JsonObject } from './json.ts';

const COST_MIN_USD = 1;
const TOKENS_MIN = 100;
const AMOUNT_MAX = 1_000_000_000_000_000;
const LISTED_MAX = 16;
const DAYS_MAX = 365;

/** Fields that answers have and that clients send back: they are known, and nobody sets them. */
const told = () => z.unknown().optional();

const amount = (whole: boolean) =>
  whole
    ? z.number().int('must be a whole number').max(AMOUNT_MAX)
    : z.number().max(AMOUNT_MAX, `must be at most ${AMOUNT_MAX}`);

const atMidnight = (text: string): string => `${new Date(text).toISOString().slice(0, 10)}T00:00:00.000Z`;

const usageLimit = (whole: boolean) =>
  z
    .strictObject({
      type: z.enum(['cost', 'tokens'], { error: 'must be "cost" or "tokens"' }).nullish(),
      credit_limit: amount(whole).nullish(),
      alert_threshold: amount(whole).nullish(),
      periodic_reset: z.enum(['monthly', 'weekly'], { error: 'must be "monthly" or "weekly"' }).nullish(),
      periodic_reset_days: z.number().int().min(1, 'must be at least 1').max(DAYS_MAX, 'must be at most 365').nullish(),
      next_usage_reset_at: z.iso
        .datetime({ offset: true, error: 'must be a time such as 2026-05-01T00:00:00Z' })
        .nullish(),
      id: told(),
      current_usage: told(),
      last_reset_at: told(),
      status: told(),
      is_threshold_alerts_sent: told(),
      is_exhausted_alerts_sent: told(),
      metadata: told(),
    })
    .transform(
      (given): UsageLimit => ({
        type: given.type ?? 'cost',
        credit_limit: given.credit_limit ?? null,
        alert_threshold: given.alert_threshold ?? null,
        periodic_reset: given.periodic_reset ?? null,
        periodic_reset_days: given.periodic_reset_days ?? null,
        next_usage_reset_at: given.next_usage_reset_at == null ? null : atMidnight(given.next_usage_reset_at),
      }),
    )
    .superRefine((limit, context) => {
      const least = limit.type === 'cost' ? COST_MIN_USD : TOKENS_MIN;
      const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      if (limit.credit_limit !== null && limit.credit_limit < least) {
        problem('credit_limit', `must be at least ${least} for a limit of ${limit.type}; null takes the limit away`);
      }
      if (limit.alert_threshold !== null && limit.alert_threshold <= 0) problem('alert_threshold', 'must be above 0');
      if (
        limit.alert_threshold !== null &&
        limit.credit_limit !== null &&
        limit.alert_threshold >= limit.credit_limit
      ) {
        problem('alert_threshold', 'must be below credit_limit');
      }
      if (limit.periodic_reset !== null && limit.periodic_reset_days !== null) {
        problem('periodic_reset_days', 'excludes periodic_reset: give one of the two');
      }
    });

/** A budget as it is stored, in the words of the API: US dollars or tokens. */
export interface UsageLimit {
  readonly type: 'cost' | 'tokens';
  /** Null: nothing is stopped, only the alert is sent. */
  readonly credit_limit: number | null;
  readonly alert_threshold: number | null;
  readonly periodic_reset: 'monthly' | 'weekly' | null;
  readonly periodic_reset_days: number | null;
  /** Midnight in UTC, as RFC 3339. */
  readonly next_usage_reset_at: string | null;
}

/** A rate limit as it is stored, in the words of the API. `value` 0 blocks. */
export interface RateLimit {
  readonly type: 'requests' | 'tokens';
  readonly unit: RateUnit;
  readonly value: number;
}

export type RateUnit = 'rps' | 'rpm' | 'rph' | 'rpd' | 'rpw';

/** Units of workspaces, virtual keys and integrations; API keys may also be limited by the second and the week. */
export const SHARED_RATE_UNITS = ['rpm', 'rph', 'rpd'] as const;
export const KEY_RATE_UNITS = ['rps', 'rpm', 'rph', 'rpd', 'rpw'] as const;

/** One object counts as a list of it. */
const asList = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : value;

const isSet = ({ credit_limit, alert_threshold }: UsageLimit): boolean =>
  credit_limit !== null || alert_threshold !== null;

const repeats = (names: readonly string[]): boolean => new Set(names).size < names.length;

export interface UsageLimitsRule {
  /** Whole dollars only: some clients read them as integers. */
  readonly whole: boolean;
  /** How many budgets there may be; each of another type or period. */
  readonly max: number;
}

/**
 * `usage_limits` of a body: an object or an array of them, strictly checked. Gives an array; limits without any amount are left out.
 * Null, which clears, stays null, and what is absent stays undefined.
 */
export const usageLimitsField = ({ whole, max }: UsageLimitsRule) =>
  z
    .preprocess(
      asList,
      z
        .array(usageLimit(whole), { error: 'must be an object or an array of objects' })
        .max(max, max === 1 ? 'may hold one limit only' : `may hold at most ${max} limits`)
        .transform((limits) => limits.filter(isSet))
        .refine(
          (limits) => !repeats(limits.map((each) => `${each.type} ${each.periodic_reset} ${each.periodic_reset_days}`)),
          {
            error: 'has two limits of one type and period',
          },
        )
        .nullish(),
    )
    .optional();

/** `rate_limits` of a body, read like `usage_limits`. */
export const rateLimitsField = ({
  units,
  max = LISTED_MAX,
}: {
  readonly units: readonly [RateUnit, ...RateUnit[]];
  readonly max?: number;
}) =>
  z
    .preprocess(
      asList,
      z
        .array(
          z
            .strictObject({
              type: z.enum(['requests', 'tokens'], { error: 'must be "requests" or "tokens"' }),
              unit: z.enum(units, { error: `must be one of ${units.join(', ')}` }),
              value: z.number().int('must be a whole number').min(0, 'must not be negative').max(AMOUNT_MAX),
              id: told(),
            })
            .transform(({ type, unit, value }): RateLimit => ({ type, unit, value })),
          { error: 'must be an object or an array of objects' },
        )
        .max(max, max === 1 ? 'may hold one limit only' : `may hold at most ${max} limits`)
        .refine((limits) => !repeats(limits.map(({ type, unit }) => `${type} ${unit}`)), {
          error: 'has two limits of one type and unit',
        })
        .nullish(),
    )
    .optional();

/** Columns hold JSON: budgets as they were stored. */
export const storedUsageLimits = z
  .array(
    z.object({
      type: z.enum(['cost', 'tokens']),
      credit_limit: z.number().nullable(),
      alert_threshold: z.number().nullable(),
      periodic_reset: z.enum(['monthly', 'weekly']).nullable(),
      periodic_reset_days: z.number().nullable(),
      next_usage_reset_at: z.string().nullable(),
    }),
  )
  .nullable()
  .transform((limits): readonly UsageLimit[] => limits ?? []);

/** … and rate limits. */
export const storedRateLimits = z
  .array(z.object({ type: z.enum(['requests', 'tokens']), unit: z.enum(KEY_RATE_UNITS), value: z.number() }))
  .nullable()
  .transform((limits): readonly RateLimit[] => limits ?? []);

/** As workspaces and integration workspaces answer: an array. */
export const usageLimitsAsArray = (limits: readonly UsageLimit[]): readonly JsonObject[] =>
  limits.map((limit) => ({ ...limit }));

/** As API keys, virtual keys and providers answer: one object, or null. */
export const usageLimitsAsObject = (limits: readonly UsageLimit[]): JsonObject | null =>
  limits[0] === undefined ? null : { ...limits[0] };

/** As everything but lists of providers answers: an array. */
export const rateLimitsAsArray = (limits: readonly RateLimit[]): readonly JsonObject[] =>
  limits.map((limit) => ({ ...limit }));

/** Limits of virtual keys and providers: decimals, one budget. */
export const HANDLE_USAGE_RULE: UsageLimitsRule = { whole: false, max: 1 };
/** Limits of workspaces: whole amounts, several budgets. */
export const WORKSPACE_USAGE_RULE: UsageLimitsRule = { whole: true, max: LISTED_MAX };
