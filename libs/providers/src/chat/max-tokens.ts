import { isAbsent } from '../params.ts';
import type { JsonObject } from '../spec/json.ts';

/** The body without `max_tokens` when its successor is there too: the successor wins. */
export const withOneTokenLimit = (body: JsonObject): JsonObject => {
  if (isAbsent(body.max_tokens) || isAbsent(body.max_completion_tokens)) return body;
  const { max_tokens: _older, ...rest } = body;
  return rest;
};
