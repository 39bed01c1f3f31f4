import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type EndpointName, isObject, type JsonObject } from '@portolan/providers';
import { type Clock, PlatformError } from '@portolan/service-kit';
import { Cancellation } from '../cancellation.ts';
import type { CallIds, Received } from '../exchange.ts';
import { readClientHeaders, refuseDoubles } from './client-headers.ts';

/** A request as the pipeline sees it. @throws PlatformError (400) for a body or headers that cannot be meant */
export const readExchange = (
  endpoint: EndpointName,
  request: IncomingMessage,
  bytes: Uint8Array | undefined,
  ids: CallIds,
  clock: Clock,
): Received => {
  refuseDoubles(request.rawHeaders);
  return {
    endpoint,
    url: request.url ?? '',
    method: request.method ?? '',
    headers: readClientHeaders(request.headers),
    body: bytes === undefined ? {} : parseBody(bytes),
    bytes: bytes ?? new Uint8Array(),
    ids,
    receivedAtMs: clock.wallMs(),
    startedAtMs: clock.monotonicMs(),
    cancellation: new Cancellation(),
  };
};

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

const parseBody = (bytes: Uint8Array): JsonObject => {
  let value: unknown;
  try {
    if (isUtf8(bytes)) value = JSON.parse(textOf(bytes));
  } catch {
    value = undefined;
  }
  if (value === undefined) throw badBody('Request body is not valid JSON');
  if (!isObject(value)) throw badBody('Request body must be a JSON object');
  checkTypes(value);
  return value;
};

/** Only what the gateway itself acts on; the rest is the provider's to judge. */
const checkTypes = (body: JsonObject): void => {
  const { model, stream, messages } = body;
  if (!isAbsent(model) && typeof model !== 'string') throw badBody("'model' must be a string", 'model');
  if (!isAbsent(stream) && typeof stream !== 'boolean') throw badBody("'stream' must be true or false", 'stream');
  if (!isAbsent(messages) && !Array.isArray(messages)) throw badBody("'messages' must be an array", 'messages');
  const options = body.stream_options;
  if (!isAbsent(options) && !isObject(options)) throw badBody("'stream_options' must be an object", 'stream_options');
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const badBody = (message: string, param?: string): PlatformError =>
  new PlatformError('invalid_request_error', { public: message, param });
