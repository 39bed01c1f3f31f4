import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/**
 * Token counts of one answer. The provider's `input_tokens` leaves cache reads and writes out; ours includes them.
 * @returns undefined when neither input nor output was reported
 * @source the provider's Messages API reference, "usage"
 */
export const toUsage = (raw: JsonObject | undefined): Usage | undefined => {
  const input = counted(raw, 'input_tokens');
  const output = counted(raw, 'output_tokens');
  if (raw === undefined || (input === undefined && output === undefined)) return undefined;
  const read = numberAt(raw, 'cache_read_input_tokens');
  const written = numberAt(raw, 'cache_creation_input_tokens');
  const lives = objectAt(raw, 'cache_creation');
  const promptTokens = (input ?? 0) + (read ?? 0) + (written ?? 0);
  const completionTokens = output ?? 0;
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    ...present('cacheReadTokens', read),
    ...present('cacheWrite5mTokens', numberAt(lives, 'ephemeral_5m_input_tokens') ?? written),
    ...present('cacheWrite1hTokens', numberAt(lives, 'ephemeral_1h_input_tokens')),
    ...present('reasoningTokens', numberAt(objectAt(raw, 'output_tokens_details'), 'thinking_tokens')),
    ...present('serviceTier', stringAt(raw, 'service_tier')),
  };
};

/** Usage as the caller sees it. The two flat cache counts are what clients of this provider read. */
export const publicUsage = (usage: Usage): JsonObject => {
  const read = usage.cacheReadTokens ?? 0;
  const written = (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0);
  const cached = read > 0 || written > 0;
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: { cached_tokens: read, ...(cached ? { cache_write_tokens: written } : {}) },
    ...(usage.reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
    ...(cached ? { cache_read_input_tokens: read, cache_creation_input_tokens: written } : {}),
  };
};

const PUBLIC_TIERS: Readonly<Record<string, string>> = { standard: 'default', priority: 'priority' };

/** The tier that served the answer, in the public words; nothing where there is no such word. */
export const publicServiceTier = (usage: Usage | undefined): JsonObject => {
  const tier = usage?.serviceTier;
  return tier !== undefined && Object.hasOwn(PUBLIC_TIERS, tier) ? { service_tier: PUBLIC_TIERS[tier] } : {};
};

/** The totals leave out what compaction spent; the iterations tell it, unless a fallback model wrote one of them. */
const counted = (raw: JsonObject | undefined, key: string): number | undefined => {
  const iterations = arrayAt(raw, 'iterations').filter(isObject);
  const own = iterations.filter(({ type }) => type === 'message' || type === 'compaction');
  if (own.length === 0 || iterations.some(({ type }) => type === 'fallback_message')) return numberAt(raw, key);
  return own.reduce((sum, iteration) => sum + (numberAt(iteration, key) ?? 0), 0);
};

const present = <Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } => {
  const found: { [key in Name]?: Value } = {};
  if (value !== undefined) found[name] = value;
  return found;
};
