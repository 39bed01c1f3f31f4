import { visibleUsage } from '../chat/visible-usage.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Usage } from '../spec/usage.ts';

/**
 * Gemini's `usageMetadata` as our record. Its prompt count includes cached tokens; thoughts are counted beside
 * the answer and belong to the completion; the total is computed.
 * @returns undefined when no count was reported
 * @source Gemini API reference, "UsageMetadata"
 */
export const usageOf = (answer: JsonObject): Usage | undefined => {
  const counts = objectAt(answer, 'usageMetadata');
  const prompt = sum(numberAt(counts, 'promptTokenCount'), numberAt(counts, 'toolUsePromptTokenCount'));
  const thoughts = numberAt(counts, 'thoughtsTokenCount');
  const completion = sum(numberAt(counts, 'candidatesTokenCount'), thoughts);
  if (prompt === undefined && completion === undefined) return undefined;
  const input = byModality(counts, 'promptTokensDetails');
  const output = byModality(counts, 'candidatesTokensDetails');
  return {
    promptTokens: prompt ?? 0,
    completionTokens: completion ?? 0,
    totalTokens: (prompt ?? 0) + (completion ?? 0),
    ...known('cacheReadTokens', numberAt(counts, 'cachedContentTokenCount')),
    ...known('reasoningTokens', thoughts),
    ...known('audioInputTokens', input.get('AUDIO')),
    ...known('imageInputTokens', sum(input.get('IMAGE'), input.get('VIDEO'))),
    ...known('audioOutputTokens', output.get('AUDIO')),
    ...known('imageOutputTokens', output.get('IMAGE')),
    ...known('serviceTier', stringAt(counts, 'serviceTier') ?? stringAt(counts, 'trafficType')),
  };
};

/** The caller always sees how much came from a cache and how much was thought, even when that was nothing. */
export const visibleGeminiUsage = (usage: Usage): JsonObject =>
  visibleUsage({ cacheReadTokens: 0, reasoningTokens: 0, ...usage });

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);

const known = <Key extends keyof Usage>(key: Key, value: Usage[Key]): { [key in Key]?: Usage[Key] } => {
  const entry: { [key in Key]?: Usage[Key] } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
};

const byModality = (counts: JsonObject | undefined, key: string): ReadonlyMap<string, number> => {
  const tokens = new Map<string, number>();
  for (const detail of arrayAt(counts, key)) {
    if (!isObject(detail)) continue;
    const modality = stringAt(detail, 'modality') ?? '';
    tokens.set(modality, (tokens.get(modality) ?? 0) + (numberAt(detail, 'tokenCount') ?? 0));
  }
  return tokens;
};
