import {
  HANDLE_USAGE_RULE,
  type RateLimit,
  rateLimitsField,
  SHARED_RATE_UNITS,
  type UsageLimit,
  usageLimitsField,
} from '../../../domain/limits.ts';
import type { VirtualKeyRow, VirtualKeyState } from '../../../store/virtual-keys.ts';
import { flagField, noteField, timeField } from '../../fields.ts';

/** What handles have in common, by whichever of their names they are written. */
export const handleFields = {
  note: noteField().nullish(),
  usage_limits: usageLimitsField(HANDLE_USAGE_RULE),
  rate_limits: rateLimitsField({ units: SHARED_RATE_UNITS }),
  expires_at: timeField().nullish(),
};

/** … and what can only be changed. */
export const handleChangeFields = { ...handleFields, reset_usage: flagField().nullish() };

interface Given {
  readonly name?: string | undefined;
  readonly note?: string | null | undefined;
  readonly usage_limits?: readonly UsageLimit[] | null | undefined;
  readonly rate_limits?: readonly RateLimit[] | null | undefined;
  readonly expires_at?: Date | null | undefined;
  readonly reset_usage?: boolean | null | undefined;
}

export const usageColumn = (limits: readonly UsageLimit[] | null | undefined): string | null =>
  limits == null || limits.length === 0 ? null : JSON.stringify(limits);

export const rateColumn = (limits: readonly RateLimit[] | null | undefined): string => JSON.stringify(limits ?? []);

/** Absent keeps, null clears, a value replaces. */
export const nextHandle = (given: Given, before: VirtualKeyRow, nowMs: number): VirtualKeyState => {
  const isReset = given.reset_usage === true;
  return {
    name: given.name ?? before.name,
    note: given.note === undefined ? before.note : given.note,
    usageLimits: usageColumn(given.usage_limits === undefined ? before.usage_limits : given.usage_limits),
    rateLimits: rateColumn(given.rate_limits === undefined ? before.rate_limits : given.rate_limits),
    expiresAt: given.expires_at === undefined ? before.expires_at : given.expires_at,
    status: isReset || before.status !== 'exhausted' ? 'active' : 'exhausted',
    lastResetAt: isReset ? new Date(nowMs) : before.last_reset_at,
  };
};
