import { type ProviderError, unknownErrorShape } from '../spec/errors.ts';
import { type JsonObject, objectAt, stringAt } from '../spec/json.ts';

/** The HTTP status that an error type stands for when it arrives inside a stream. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The HTTP status of an error type; 500 for a type that is not documented. @source the provider's page "Errors" */
export const statusOf = (type: string | null): number =>
  type !== null && Object.hasOwn(STATUS, type) ? (STATUS[type] ?? 500) : 500;

/** The longest piece of an unreadable answer that is shown. */
const SHOWN_CHARS = 500;

/** The error in a body `{"type":"error","error":{"type","message"}}`; undefined when there is none. */
export const errorIn = (body: JsonObject | undefined): ProviderError | undefined => {
  const error = objectAt(body, 'error');
  const message = stringAt(error, 'message');
  return message === undefined
    ? undefined
    : { message, type: stringAt(error, 'type') ?? null, param: null, code: null };
};

/** A non-2xx answer, also one that some proxy on the way wrote. Never throws. */
export const messagesError =
  (provider: string) =>
  (status: number, body: JsonObject | undefined, text: string): ProviderError =>
    errorIn(body) ?? (body === undefined ? plain(plainMessage(status, text)) : unknownErrorShape(provider, body));

const plain = (message: string): ProviderError => ({ message, type: null, param: null, code: null });

const plainMessage = (status: number, text: string): string => {
  return text.trim() === '' ? `HTTP ${status}` : text.slice(0, SHOWN_CHARS);
};

/** Names the provider and shows a piece of what it sent. */
export const unreadable = (provider: string, body: JsonObject): string =>
  `Invalid response received from ${provider}: ${JSON.stringify(body).slice(0, SHOWN_CHARS)}`;
