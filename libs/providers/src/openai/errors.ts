import { type ProviderError, unknownErrorShape } from '../spec/errors.ts';
import { arrayAt, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';

const EXCERPT_CHARS = 500;

/**
 * An error answer of an OpenAI-shaped provider, in any of the shapes seen in the field: `{error:{…}}`,
 * `{error:"text", code}`, `{message, type, code}`, `{detail}`, `{errors:[{message, code}]}`.
 * Anything else is quoted, 500 characters of it at most. Never throws.
 */
export const openAiError =
  (provider: string) =>
  (status: number, body: JsonObject | undefined, text: string): ProviderError => {
    if (body === undefined) return plain(text.trim() === '' ? `HTTP ${status}` : text.slice(0, EXCERPT_CHARS));
    return readError(body) ?? unknownErrorShape(provider, body);
  };

const plain = (message: string): ProviderError => ({ message, type: null, param: null, code: null });

const readError = (body: JsonObject): ProviderError | undefined => {
  const nested = objectAt(body, 'error') ?? firstObject(arrayAt(body, 'errors'));
  if (nested !== undefined) {
    const message = stringAt(nested, 'message') ?? messageOf(nested.detail) ?? messageOf(body.message);
    return fields(message ?? JSON.stringify(nested).slice(0, EXCERPT_CHARS), nested);
  }
  const message = messageOf(body.error) ?? messageOf(body.message) ?? messageOf(body.detail);
  return message === undefined ? undefined : fields(message, body);
};

const fields = (message: string, from: JsonObject): ProviderError => ({
  message,
  type: word(from.type),
  param: word(from.param),
  code: word(from.code),
});

/** Codes are numbers in some dialects. */
const word = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

const firstObject = (list: readonly Json[]): JsonObject | undefined => list.find(isObject);

/** Text, or the joined messages of a validation report (`[{loc, msg}]`). */
const messageOf = (value: Json | undefined): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (isObject(value)) return stringAt(value, 'message') ?? stringAt(value, 'msg');
  if (!Array.isArray(value)) return undefined;
  const messages = value.flatMap((entry) => (isObject(entry) ? (stringAt(entry, 'msg') ?? []) : []));
  return messages.length === 0 ? undefined : messages.join('; ');
};

/** The HTTP status that an error inside a stream stands for, by its code or type. */
const STATUS_BY_WORD: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  bad_request: 400,
  context_length_exceeded: 400,
  content_policy_violation: 400,
  content_filter: 400,
  invalid_api_key: 401,
  authentication_error: 401,
  insufficient_quota: 429,
  billing_error: 402,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  model_not_found: 404,
  timeout_error: 408,
  timeout: 408,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  tokens: 429,
  requests: 429,
  server_error: 500,
  internal_error: 500,
  internal_server_error: 500,
  api_error: 500,
  service_unavailable: 503,
  overloaded: 503,
  overloaded_error: 529,
};

/** An error that a provider put on a data line of a stream. An unknown one counts as the provider's failure: 502. */
export const streamError = (body: JsonObject, provider: string): StreamItem => {
  const error = openAiError(provider)(502, body, '');
  return { type: 'error', status: statusOf(error, body), error };
};

const statusOf = (error: ProviderError, body: JsonObject): number => {
  const detail = objectAt(body, 'error') ?? body;
  for (const value of [detail.status, detail.status_code, detail.code, body.status, body.code]) {
    const status = Number(value);
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  for (const name of [error.code, error.type]) {
    const status = name !== null && Object.hasOwn(STATUS_BY_WORD, name) ? STATUS_BY_WORD[name] : undefined;
    if (status !== undefined) return status;
  }
  return 502;
};

/** True for data lines that report a failure instead of a piece of the answer. */
export const isStreamError = (chunk: JsonObject): boolean =>
  (chunk.error !== undefined && chunk.error !== null) || chunk.object === 'error';
