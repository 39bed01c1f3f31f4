import { MIN_TRANSITION_MS, nextRotationAtMs, type RotationPeriod, rotationPolicyProblem } from '@portolan/api-key';
import * as z from 'zod';
import type { JsonObject } from './json.ts';

/** How a key rotates by itself, as it is stored, in the words of the API. Without a period it rotates once. */
export const storedRotationPolicy = z.object({
  rotation_period: z.enum(['weekly', 'monthly']).nullable(),
  rotation_period_days: z.number().nullable(),
  key_transition_period_ms: z.number(),
});

export type RotationPolicy = z.output<typeof storedRotationPolicy>;

/** … and when it does so next. */
export interface RotationPlan {
  readonly policy: RotationPolicy;
  readonly nextAt: Date;
}

/** `rotation_policy` of a body. */
export const rotationPolicyField = () =>
  z
    .strictObject({
      rotation_period: z.enum(['weekly', 'monthly'], { error: 'must be "weekly" or "monthly"' }).nullish(),
      rotation_period_days: z.number({ error: 'must be a whole number of days' }).nullish(),
      next_rotation_at: z.iso
        .datetime({ offset: true, error: 'must be a time such as 2026-05-01T00:00:00Z' })
        .nullish(),
      key_transition_period_ms: z.number({ error: 'must be a whole number of milliseconds' }).nullish(),
      // Answers have it, and clients send it back.
      status: z.unknown().optional(),
    })
    .superRefine((given, context) => {
      const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      const isSet = (value: unknown) => value !== null && value !== undefined;
      if (isSet(given.rotation_period) && isSet(given.rotation_period_days)) {
        problem('rotation_period_days', 'excludes rotation_period: give one of the two');
      } else if (
        !isSet(given.rotation_period) &&
        !isSet(given.rotation_period_days) &&
        !isSet(given.next_rotation_at)
      ) {
        problem('rotation_period', 'is required, or rotation_period_days, or next_rotation_at');
      }
      const transitionMs = given.key_transition_period_ms ?? MIN_TRANSITION_MS;
      // A single rotation cannot meet the next one; a year is longer than any transition.
      const period = periodOf(toPolicy(given)) ?? { every: 'days', days: 365 };
      const wrong = rotationPolicyProblem(period, transitionMs);
      if (wrong !== undefined) {
        const [path = '', ...words] = wrong.split(' ');
        problem(path, words.join(' '));
      }
    });

type Given = z.output<ReturnType<typeof rotationPolicyField>>;

const toPolicy = (given: Omit<Given, 'status'>): RotationPolicy => ({
  rotation_period: given.rotation_period ?? null,
  rotation_period_days: given.rotation_period_days ?? null,
  key_transition_period_ms: given.key_transition_period_ms ?? MIN_TRANSITION_MS,
});

const periodOf = ({ rotation_period, rotation_period_days }: RotationPolicy): RotationPeriod | undefined => {
  if (rotation_period !== null) return { every: rotation_period };
  return rotation_period_days === null ? undefined : { every: 'days', days: rotation_period_days };
};

/** When a key with this policy rotates next; undefined for one that rotates once only. */
export const nextRotation = (policy: RotationPolicy, afterMs: number): Date | undefined => {
  const period = periodOf(policy);
  return period === undefined ? undefined : new Date(nextRotationAtMs(period, afterMs));
};

/** What a body asks for. @returns undefined when its time has passed */
export const planRotation = (given: Given, nowMs: number): RotationPlan | undefined => {
  const policy = toPolicy(given);
  const nextAt = given.next_rotation_at == null ? nextRotation(policy, nowMs) : new Date(given.next_rotation_at);
  return nextAt === undefined || nextAt.getTime() <= nowMs ? undefined : { policy, nextAt };
};

/** As answers have it. */
export const rotationPolicyView = (policy: RotationPolicy | null, nextAt: Date | null): JsonObject | null =>
  policy === null
    ? null
    : {
        ...(policy.rotation_period === null ? {} : { rotation_period: policy.rotation_period }),
        ...(policy.rotation_period_days === null ? {} : { rotation_period_days: policy.rotation_period_days }),
        next_rotation_at: nextAt?.toISOString() ?? null,
        key_transition_period_ms: policy.key_transition_period_ms,
        status: 'ACTIVE',
      };
