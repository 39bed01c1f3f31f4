import { clamp, drop, handled, keep, params, to } from '../params.ts';
import { isArray, type Json } from '../spec/json.ts';

const none = drop('not offered by this provider');

/** Stop texts as a list. The provider refuses those that are nothing but white space. */
export const stopSequences = (value: Json): Json | undefined => {
  const list = (isArray(value) ? value : [value]).filter((stop) => typeof stop === 'string' && stop.trim() !== '');
  return list.length === 0 ? undefined : list;
};

const TIERS: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };

/** One row per public parameter of chat, then the provider's own that may ride along. */
export const chatParams = params({
  model: keep(),
  messages: handled(),
  max_tokens: handled(),
  max_completion_tokens: handled(),
  temperature: clamp(0, 1),
  top_p: keep(),
  top_k: keep(),
  stop: to('stop_sequences', stopSequences),
  stream: keep(),
  stream_options: handled(),
  tools: handled(),
  tool_choice: handled(),
  parallel_tool_calls: handled(),
  response_format: handled(),
  reasoning_effort: handled(),
  user: handled(),
  safety_identifier: handled(),
  service_tier: (name) => ({
    apply(value, out, note) {
      const tier = typeof value === 'string' && Object.hasOwn(TIERS, value) ? TIERS[value] : undefined;
      if (tier === undefined) note('dropped', 'there is no such tier');
      else out.set(name, tier);
    },
  }),
  n: handled(),
  seed: none,
  presence_penalty: none,
  frequency_penalty: none,
  logit_bias: none,
  logprobs: none,
  top_logprobs: none,
  verbosity: none,
  prediction: none,
  modalities: none,
  audio: none,
  store: none,
  metadata: none,
  prompt_cache_key: none,
  web_search_options: none,

  thinking: handled(),
  anthropic_beta: handled(),
  anthropic_version: handled(),
  cache_control: keep(),
  output_config: handled(),
  container: keep(),
  context_management: keep(),
  mcp_servers: keep(),
  inference_geo: keep(),
  speed: keep(),
  fallbacks: keep(),
});
