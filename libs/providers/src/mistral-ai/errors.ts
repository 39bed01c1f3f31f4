import { type ProviderError, unknownErrorShape } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';

const EXCERPT_CHARS = 500;

/**
 * Mistral's errors: `{object: "error", message, type, param, code}`, `{message, request_id}` or the list of faults
 * `{detail: [{loc, msg}]}`, which is also found in place of a message. Never throws.
 */
export const mistralError =
  (provider: string) =>
  (status: number, body: JsonObject | undefined, text: string): ProviderError => {
    if (body === undefined) return plain(text.trim() === '' ? `HTTP ${status}` : text.slice(0, EXCERPT_CHARS));
    return readError(body) ?? unknownErrorShape(provider, body);
  };

/** A failure reported inside a stream, or undefined when the event is a piece of the answer. */
export const streamFailure = (event: JsonObject): StreamItem | undefined => {
  if (isArray(event.choices)) return undefined;
  const error = readError(event);
  if (error === undefined) return undefined;
  const from = objectAt(event, 'error') ?? event;
  const codes = [numberAt(event, 'raw_status_code'), numberAt(from, 'status'), Number(from.code)];
  const status = codes.find((code) => code !== undefined && code >= 400 && code <= 599);
  return { type: 'error', status: status ?? 502, error };
};

const plain = (message: string): ProviderError => ({ message, type: null, param: null, code: null });

const readError = (body: JsonObject): ProviderError | undefined => {
  const nested = objectAt(body, 'error');
  if (nested !== undefined) return readError(nested);
  const faults = faultsOf(body.detail) ?? faultsOf(objectAt(body, 'message')?.detail);
  const message = faults ?? stringAt(body, 'message') ?? stringAt(body, 'detail') ?? stringAt(body, 'error');
  if (message === undefined) return undefined;
  const type = word(body.type) ?? (faults === undefined ? null : 'invalid_request_error');
  return { message, type, param: word(body.param), code: word(body.code) };
};

/** `body.messages.0.content: field required`, one after another. */
const faultsOf = (detail: Json | undefined): string | undefined => {
  if (!isArray(detail)) return undefined;
  const faults = detail.filter(isObject).map((fault) => {
    const place = isArray(fault.loc) ? fault.loc.join('.') : '';
    return `${place === '' ? '' : `${place}: `}${stringAt(fault, 'msg') ?? 'invalid'}`;
  });
  return faults.length === 0 ? undefined : faults.join('; ');
};

/** Codes are numbers at times. */
const word = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
