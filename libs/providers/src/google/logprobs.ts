import { arrayAt, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';

/** `logprobsResult` of a candidate in the public form; null when there is none. */
export const logprobsOf = (candidate: JsonObject): JsonObject | null => {
  const result = objectAt(candidate, 'logprobsResult');
  if (result === undefined) return null;
  const tops = arrayAt(result, 'topCandidates');
  const content = arrayAt(result, 'chosenCandidates').map((chosen, at) => {
    const top = tops[at];
    return { ...tokenOf(chosen), top_logprobs: isObject(top) ? arrayAt(top, 'candidates').map(tokenOf) : [] };
  });
  return { content };
};

const tokenOf = (candidate: Json): JsonObject => {
  const given = isObject(candidate) ? candidate : undefined;
  const token = stringAt(given, 'token') ?? '';
  return { token, logprob: numberAt(given, 'logProbability') ?? 0, bytes: [...new TextEncoder().encode(token)] };
};
