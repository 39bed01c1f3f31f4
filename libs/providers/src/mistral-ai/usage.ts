import { visibleUsage } from '../chat/visible-usage.ts';
import { type JsonObject, numberAt, objectAt } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/**
 * Mistral's usage as our record. Cached tokens are part of the prompt and were reported under three names so far;
 * thinking is part of the completion and not told apart.
 * @returns undefined when the prompt was not counted
 * @source Mistral API reference, "UsageInfo"
 */
export const usageOf = (answer: JsonObject): Usage | undefined => {
  const counts = objectAt(answer, 'usage');
  const promptTokens = numberAt(counts, 'prompt_tokens');
  if (promptTokens === undefined) return undefined;
  const completionTokens = numberAt(counts, 'completion_tokens') ?? 0;
  const cacheReadTokens =
    numberAt(objectAt(counts, 'prompt_tokens_details'), 'cached_tokens') ??
    numberAt(objectAt(counts, 'prompt_token_details'), 'cached_tokens') ??
    numberAt(counts, 'num_cached_tokens');
  return {
    promptTokens,
    completionTokens,
    totalTokens: numberAt(counts, 'total_tokens') ?? promptTokens + completionTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
  };
};

/** The caller always sees how much came from a cache, even when that was nothing. */
export const visibleMistralUsage = (usage: Usage): JsonObject => visibleUsage({ cacheReadTokens: 0, ...usage });
