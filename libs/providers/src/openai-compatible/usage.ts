import { usageOf } from '../openai/usage.ts';
import { type JsonObject, numberAt, objectAt } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/** A provider's usage object brought nearer to OpenAI's. What the provider wrote beside it stays. */
export type UsageFix = (usage: JsonObject) => JsonObject;

const withDetail = (
  usage: JsonObject,
  details: 'prompt_tokens_details' | 'completion_tokens_details',
  name: string,
  count: number | undefined,
): JsonObject =>
  count === undefined || numberAt(objectAt(usage, details), name) !== undefined
    ? usage
    : { ...usage, [details]: { ...objectAt(usage, details), [name]: count } };

/** Cache reads under a name of the provider's own. */
export const cachedTokensAt =
  (name: string): UsageFix =>
  (usage) =>
    withDetail(usage, 'prompt_tokens_details', 'cached_tokens', numberAt(usage, name));

/** Reasoning tokens beside the totals, already part of the completion. */
export const flatReasoningTokens: UsageFix = (usage) =>
  withDetail(usage, 'completion_tokens_details', 'reasoning_tokens', numberAt(usage, 'reasoning_tokens'));

/** Cache writes under the name of another family. */
export const cacheCreationTokens: UsageFix = (usage) =>
  withDetail(
    usage,
    'prompt_tokens_details',
    'cache_write_tokens',
    numberAt(objectAt(usage, 'prompt_tokens_details'), 'cache_creation_input_tokens'),
  );

const retotalled = (usage: JsonObject, promptTokens: number, completionTokens: number): JsonObject => ({
  ...usage,
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

const countsOf = (usage: JsonObject) => ({
  prompt: numberAt(usage, 'prompt_tokens') ?? 0,
  completion: numberAt(usage, 'completion_tokens') ?? 0,
  cached: numberAt(objectAt(usage, 'prompt_tokens_details'), 'cached_tokens') ?? 0,
  reasoning: numberAt(objectAt(usage, 'completion_tokens_details'), 'reasoning_tokens') ?? 0,
});

/** The completion excludes reasoning, and some models' prompt excludes cache reads. */
export const completionExcludesReasoning: UsageFix = (usage) => {
  const { prompt, completion, cached, reasoning } = countsOf(usage);
  if (reasoning === 0 && cached <= prompt) return usage;
  return retotalled(usage, cached > prompt ? prompt + cached : prompt, completion + reasoning);
};

/** Some models' completion excludes reasoning: it shows when there is more reasoning than completion. */
export const reasoningMayExceedCompletion: UsageFix = (usage) => {
  const { prompt, completion, reasoning } = countsOf(usage);
  return reasoning > completion ? retotalled(usage, prompt, completion + reasoning) : usage;
};

/** Only a total, as embedding providers report it: all of it is prompt. */
export const totalIsPrompt: UsageFix = (usage) => {
  const total = numberAt(usage, 'total_tokens');
  return total === undefined || usage.prompt_tokens !== undefined ? usage : { ...usage, prompt_tokens: total };
};

/** All fixes in order. */
export const fixedUsage = (usage: JsonObject, fixes: readonly UsageFix[]): JsonObject => {
  let result = usage;
  for (const fix of fixes) result = fix(result);
  return result;
};

/** Our record, with the price that the provider named, if it did. */
export const compatibleUsage = (usage: JsonObject, answer: JsonObject): Usage | undefined => {
  const record = usageOf(usage, answer);
  const upstreamCostUsd = numberAt(usage, 'cost') ?? numberAt(objectAt(usage, 'cost'), 'total_cost');
  return record === undefined || upstreamCostUsd === undefined ? record : { ...record, upstreamCostUsd };
};
