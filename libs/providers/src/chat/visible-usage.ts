import type { JsonObject } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/** Counts as the caller sees them; a count that the provider did not report has no key. */
export const visibleUsage = (usage: Usage): JsonObject => {
  const cacheWrites = [usage.cacheWrite5mTokens, usage.cacheWrite1hTokens].filter((count) => count !== undefined);
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    ...details('prompt_tokens_details', {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: cacheWrites.length === 0 ? undefined : cacheWrites.reduce((sum, count) => sum + count, 0),
      audio_tokens: usage.audioInputTokens,
      image_tokens: usage.imageInputTokens,
    }),
    ...details('completion_tokens_details', {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens,
      image_tokens: usage.imageOutputTokens,
    }),
  };
};

const details = (name: string, counts: Readonly<Record<string, number | undefined>>): JsonObject => {
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  return known.length === 0 ? {} : { [name]: Object.fromEntries(known) };
};
