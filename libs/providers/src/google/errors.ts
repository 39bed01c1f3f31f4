import { type ProviderError, unknownErrorShape } from '../spec/errors.ts';
import { isArray, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';

const EXCERPT_CHARS = 500;

/**
 * Google's error envelope `{error: {code, message, status}}`, alone or as the one element of a list. Its status
 * word is both type and code for the caller. Never throws.
 */
export const googleError =
  (provider: string) =>
  (status: number, body: JsonObject | undefined, text: string): ProviderError => {
    const answer = body ?? firstOf(text);
    if (answer === undefined) return plain(text.trim() === '' ? `HTTP ${status}` : text.slice(0, EXCERPT_CHARS));
    return envelopeOf(answer) ?? unknownErrorShape(provider, answer);
  };

/** A failure reported inside a stream, or undefined when the event is a piece of the answer. */
export const streamFailure = (event: JsonObject): StreamItem | undefined => {
  const error = envelopeOf(event);
  if (error === undefined) return undefined;
  const code = numberAt(objectAt(event, 'error'), 'code') ?? 0;
  return { type: 'error', status: code >= 400 && code <= 599 ? code : 502, error };
};

const plain = (message: string): ProviderError => ({ message, type: null, param: null, code: null });

const envelopeOf = (answer: JsonObject): ProviderError | undefined => {
  const error = objectAt(answer, 'error');
  if (error === undefined) return undefined;
  const status = stringAt(error, 'status') ?? null;
  const message = stringAt(error, 'message') ?? JSON.stringify(error).slice(0, EXCERPT_CHARS);
  return { message, type: status, param: null, code: status };
};

/** The object in a list of one, the form of errors outside of server-sent events. */
export const firstOf = (text: string): JsonObject | undefined => {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    const first = isArray(parsed) ? parsed[0] : undefined;
    return isObject(first) ? first : undefined;
  } catch {
    return undefined;
  }
};
