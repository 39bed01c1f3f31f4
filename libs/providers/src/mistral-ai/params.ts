import { clamp, drop, handled, keep, params, to } from '../params.ts';
import type { Json } from '../spec/json.ts';

/** Mistral answers 422 to fields it does not know, so each one must be named here. */
const notOffered = drop('not offered by Mistral');

/** On Amazon and Google clouds the same models carry their maker's name in front. */
const bareModel = (model: Json): Json => (typeof model === 'string' ? model.replace(/^mistralai\./, '') : model);

const sampling = {
  model: to('model', bareModel),
  temperature: clamp(0, 1.5),
  top_p: clamp(0, 1),
  max_tokens: keep(),
  max_completion_tokens: to('max_tokens'),
  stop: keep(),
  stream: keep(),
  stream_options: handled(),
  seed: to('random_seed'),
  random_seed: keep(),
  metadata: keep(),
} as const;

/** @source Mistral API reference, "Chat completion" */
export const chatParams = params({
  ...sampling,
  messages: handled(),
  tools: handled(),
  tool_choice: handled(),
  reasoning_effort: handled(),
  n: keep(),
  presence_penalty: clamp(-2, 2),
  frequency_penalty: clamp(-2, 2),
  parallel_tool_calls: keep(),
  response_format: keep(),
  prediction: keep(),
  prompt_mode: keep(),
  prompt_cache_key: keep(),
  safe_prompt: keep(),
  safe_mode: to('safe_prompt'),
  document_image_limit: keep(),
  document_page_limit: keep(),
  guardrails: keep(),
  user: notOffered,
  logprobs: notOffered,
  top_logprobs: notOffered,
  logit_bias: notOffered,
  service_tier: notOffered,
  store: notOffered,
  top_k: notOffered,
  verbosity: notOffered,
  modalities: notOffered,
  audio: notOffered,
  thinking: drop('reasoning_effort steers thinking here'),
  safety_identifier: notOffered,
  cache_control: notOffered,
});

/** @source Mistral API reference, "Fill-in-the-middle completion" */
export const fimParams = params({
  ...sampling,
  prompt: handled(),
  messages: handled(),
  n: handled(),
  suffix: keep(),
  min_tokens: keep(),
});

/** @source Mistral API reference, "Embeddings" */
export const embedParams = params({
  model: to('model', bareModel),
  input: handled(),
  dimensions: to('output_dimension'),
  encoding_format: keep(),
  output_dtype: keep(),
  metadata: keep(),
  user: notOffered,
});
