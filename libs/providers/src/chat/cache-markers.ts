import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';

/** One notice when messages or tools carry prompt-cache marks, for providers that have none. */
export const cacheMarkerNotices = (body: JsonObject): readonly Notice[] =>
  [body.messages, body.tools].some(isMarked)
    ? [{ kind: 'dropped', param: 'cache_control', reason: 'this provider has no prompt-cache marks' }]
    : [];

const NESTED = ['content', 'tool_calls', 'function'] as const;

const isMarked = (value: Json | undefined): boolean => {
  if (isArray(value)) return value.some(isMarked);
  if (!isObject(value)) return false;
  return (
    value.cache_control !== undefined || NESTED.some((key) => typeof value[key] === 'object' && isMarked(value[key]))
  );
};
