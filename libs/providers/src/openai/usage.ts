import { type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/**
 * OpenAI usage as our record; the meanings are the same. Embeddings report no completion tokens, hence 0 there.
 * @param usage  the `usage` object of an answer or a chunk
 * @param answer  what it came in: `service_tier` names the tier that was billed
 * @returns undefined when the prompt was not counted
 * @source OpenAI API reference, "The chat completion object"
 */
export const usageOf = (usage: JsonObject | undefined, answer: JsonObject): Usage | undefined => {
  const promptTokens = numberAt(usage, 'prompt_tokens');
  if (promptTokens === undefined) return undefined;
  const completionTokens = numberAt(usage, 'completion_tokens') ?? 0;
  const input = objectAt(usage, 'prompt_tokens_details');
  const output = objectAt(usage, 'completion_tokens_details');
  return {
    promptTokens,
    completionTokens,
    totalTokens: numberAt(usage, 'total_tokens') ?? promptTokens + completionTokens,
    cacheReadTokens: numberAt(input, 'cached_tokens'),
    cacheWrite5mTokens: numberAt(input, 'cache_write_tokens'),
    reasoningTokens: numberAt(output, 'reasoning_tokens'),
    audioInputTokens: numberAt(input, 'audio_tokens'),
    audioOutputTokens: numberAt(output, 'audio_tokens'),
    imageInputTokens: numberAt(input, 'image_tokens'),
    imageOutputTokens: numberAt(output, 'image_tokens'),
    serviceTier: stringAt(answer, 'service_tier'),
  };
};
