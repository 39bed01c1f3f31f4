import * as z from 'zod';
import { circuitBreaker } from './circuit-breaker.ts';
import { jsonObject } from './json-shape.ts';
import { statusCodes } from './retry.ts';
import type { Sticky, StrategyMode } from './route.ts';

const STRATEGY_MODES = ['single', 'loadbalance', 'fallback', 'conditional'] as const satisfies readonly StrategyMode[];

const DEFAULT_STICKY_TTL_SECONDS = 3600;
const HASH_FIELD = /^(metadata|params|headers)\../;

export const sticky = z.strictObject({
  enabled: z.boolean().optional(),
  hash_fields: z
    .array(z.string().regex(HASH_FIELD, { error: "Must begin with 'metadata.', 'params.' or 'headers.'." }))
    .optional(),
  ttl: z.number().gt(0).optional().meta({ description: 'Seconds.' }),
});

export const condition = z.strictObject({
  query: jsonObject.meta({ type: 'object', description: 'Conditions on metadata.*, params.* and url.pathname.' }),
  // biome-ignore lint/suspicious/noThenProperty: the wire format calls it so
  then: z.string().meta({ description: 'Name of the target to take.' }),
});

export const strategy = z.strictObject({
  mode: z.enum(STRATEGY_MODES),
  on_status_codes: statusCodes.optional().meta({ description: 'Fallback: go on to the next target on these only.' }),
  conditions: z.array(condition).optional(),
  default: z.string().optional().meta({ description: 'Conditional: name of the target when no condition holds.' }),
  sticky: sticky.optional(),
  cb_config: circuitBreaker.optional(),
});

export const toSticky = (from: z.infer<typeof sticky> | undefined): Sticky | undefined =>
  from?.enabled === true
    ? { hashFields: from.hash_fields ?? [], ttlSeconds: from.ttl ?? DEFAULT_STICKY_TTL_SECONDS }
    : undefined;
