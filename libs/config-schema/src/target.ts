import * as z from 'zod';
import { cache } from './cache.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { hook, hookOrId } from './guardrail.ts';
import { jsonObject } from './json-shape.ts';
import { providerSettings } from './provider-settings.ts';
import { retry, statusCodes } from './retry.ts';
import { strategy } from './strategy.ts';

const milliseconds = z.int().min(1).optional();

const fields = {
  strategy: strategy.optional(),
  name: z.string().optional().meta({ description: 'Label that a conditional strategy selects by.' }),
  weight: z.number().min(0).optional().meta({ description: 'Share under loadbalance; absent: 1, drained: 0.' }),
  provider: z.string().min(1).optional().meta({ description: 'Provider name, or @slug of a vault entry.' }),
  virtual_key: z.string().min(1).optional().meta({ description: 'Slug of a vault entry.' }),
  api_key: z.string().optional().meta({ description: 'Provider credential in clear; better keep it in the vault.' }),
  passthrough: z.boolean().optional().meta({ description: 'The provider comes from the request.' }),
  custom_host: z.string().max(2048).optional().meta({ description: 'Base URL, version path included.' }),
  forward_headers: z.array(z.string()).optional(),
  request_timeout: milliseconds.meta({ description: 'Milliseconds for one attempt at one provider.' }),
  total_timeout: milliseconds.meta({ description: 'Milliseconds for the call as a whole.' }),
  first_token_timeout: milliseconds.meta({ description: 'Milliseconds until the first token of a stream.' }),
  stream_idle_timeout: milliseconds.meta({ description: 'Milliseconds between two events of a stream.' }),
  retry: retry.optional(),
  cache: cache.optional(),
  override_params: jsonObject.optional().meta({ type: 'object', description: 'Replaces body parameters.' }),
  default_params: jsonObject.optional().meta({ type: 'object', description: 'Body parameters the client left out.' }),
  drop_params: z.array(z.string()).optional().meta({ description: 'Paths to delete: a.b, a[0].b, a[*].b' }),
  input_guardrails: z.array(hookOrId).optional(),
  output_guardrails: z.array(hookOrId).optional(),
  before_request_hooks: z.array(hook).optional(),
  after_request_hooks: z.array(hook).optional(),
  input_mutators: z.array(hookOrId).optional(),
  output_mutators: z.array(hookOrId).optional(),
  strict_open_ai_compliance: z.boolean().optional(),
  prompt_id: z.string().optional(),
  cb_config: circuitBreaker.optional(),
  on_status_codes: statusCodes.optional().meta({ description: 'Older place of strategy.on_status_codes.' }),
  fetch_integrated_models: z.boolean().optional(),
  ...providerSettings,
};

/**
 * A node of a config tree: a leaf that calls one provider, or a group of nodes under a strategy.
 * Shape only; which fields may stand together is said in `rules.ts`.
 */
export const configNode = z.strictObject(fields).extend({
  get targets() {
    return z.array(configNode).min(1).optional();
  },
});

/** A valid config, spelled canonically, every lenient rule already applied. */
export type Config = z.infer<typeof configNode>;
