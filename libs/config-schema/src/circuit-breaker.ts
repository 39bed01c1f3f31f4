import * as z from 'zod';
import { statusCodes } from './retry.ts';
import type { CircuitBreaker } from './route.ts';

export const MIN_COOLDOWN_MS = 30_000;
const DEFAULT_MINIMUM_REQUESTS = 5;

export const circuitBreaker = z
  .strictObject({
    failure_threshold: z.number().min(1).optional(),
    failure_threshold_percentage: z.number().min(0).max(100).optional(),
    minimum_requests: z.int().min(0).optional(),
    cooldown_interval: z
      .number()
      .min(MIN_COOLDOWN_MS)
      .optional()
      .meta({ description: 'Milliseconds from the first failure until the target is tried again.' }),
    failure_status_codes: statusCodes.optional().meta({ description: 'Absent: 500 and above.' }),
  })
  .meta({ description: 'Leaves out targets that keep failing. Only in saved configs, only for targets with a slug.' });

/** Undefined when it can never open: it needs a cooldown and one of the two thresholds. */
export const toCircuitBreaker = (from: z.infer<typeof circuitBreaker>): CircuitBreaker | undefined => {
  if (from.cooldown_interval === undefined) return undefined;
  if (from.failure_threshold === undefined && from.failure_threshold_percentage === undefined) return undefined;
  return {
    failureThreshold: from.failure_threshold,
    failureThresholdPercentage: from.failure_threshold_percentage,
    minimumRequests: from.minimum_requests ?? DEFAULT_MINIMUM_REQUESTS,
    cooldownIntervalMs: from.cooldown_interval,
    failureStatusCodes: from.failure_status_codes,
  };
};
