import { stopList } from '../chat/stop.ts';
import { clamp, drop, handled, type ParamRule, params, to } from '../params.ts';
import { isArray, isObject, type Json } from '../spec/json.ts';
import { camelKeys } from './camel-keys.ts';

const MAX_STOP_SEQUENCES = 5;
const MAX_CANDIDATES = 8;

const upperCased = (value: Json): Json =>
  isArray(value) ? value.map((word) => (typeof word === 'string' ? word.toUpperCase() : word)) : value;

const mediaResolution = (value: Json): Json =>
  typeof value === 'string' && !value.startsWith('MEDIA_RESOLUTION_')
    ? `MEDIA_RESOLUTION_${value.toUpperCase()}`
    : value;

const SERVICE_TIERS: Readonly<Record<string, string>> = { flex: 'flex', priority: 'priority', default: 'standard' };

const serviceTier = (): ParamRule => ({
  apply(value, out, note) {
    const tier = typeof value === 'string' && Object.hasOwn(SERVICE_TIERS, value) ? SERVICE_TIERS[value] : undefined;
    if (tier !== undefined) out.set('serviceTier', tier);
    else if (value !== 'auto') note('dropped', 'known tiers are flex, priority and default');
  },
});

/** One is what every call gives anyway, and some models refuse the parameter. */
const candidateCount = (name: string): ParamRule => {
  const count = clamp(1, MAX_CANDIDATES, 'generationConfig.candidateCount')(name);
  return { apply: (value, out, note) => (value === 1 ? undefined : count.apply(value, out, note)) };
};

const onlyParallel = (): ParamRule => ({
  apply: (value, _out, note) =>
    value === false ? note('dropped', 'parallel calls cannot be switched off') : undefined,
});

const notOffered = drop('not offered by the Gemini API');

/**
 * The public chat parameters in Gemini's terms. What depends on the model (thinking, tools, messages, schemas) is
 * mapped in files of its own.
 * @source Gemini API reference, "GenerationConfig"
 */
export const geminiParams = {
  model: handled(),
  messages: handled(),
  stream: handled(),
  stream_options: handled(),
  tools: handled(),
  tool_choice: handled(),
  response_format: handled(),
  reasoning_effort: handled(),
  thinking: handled(),
  audio: handled(),
  top_logprobs: handled(),
  generation_config: handled(),
  speech_config: handled(),
  thinking_config: handled(),
  temperature: clamp(0, 2, 'generationConfig.temperature'),
  top_p: to('generationConfig.topP'),
  top_k: to('generationConfig.topK'),
  max_tokens: to('generationConfig.maxOutputTokens'),
  max_completion_tokens: to('generationConfig.maxOutputTokens'),
  n: candidateCount,
  stop: stopList('generationConfig.stopSequences', MAX_STOP_SEQUENCES),
  presence_penalty: to('generationConfig.presencePenalty'),
  frequency_penalty: to('generationConfig.frequencyPenalty'),
  seed: to('generationConfig.seed'),
  logprobs: to('generationConfig.responseLogprobs', (value) => (value === true ? true : undefined)),
  modalities: to('generationConfig.responseModalities', upperCased),
  image_config: to('generationConfig.imageConfig', (value) => (isObject(value) ? camelKeys(value) : value)),
  media_resolution: to('generationConfig.mediaResolution', mediaResolution),
  safety_settings: to('safetySettings'),
  cached_content: to('cachedContent'),
  service_tier: serviceTier,
  parallel_tool_calls: onlyParallel,
  labels: drop('labels exist on Vertex AI only'),
  user: notOffered,
  metadata: notOffered,
  store: notOffered,
  logit_bias: notOffered,
  verbosity: notOffered,
  prediction: notOffered,
  prompt_cache_key: notOffered,
  web_search_options: drop('declare a google_search tool instead'),
  safety_identifier: notOffered,
  cache_control: notOffered,
} as const;

/** The table of the Gemini API. */
export const googleParams = params(geminiParams);
