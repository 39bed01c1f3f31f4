import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import { type Identified, type Step, type Understood, understood } from '../exchange.ts';
import { mergeMetadata } from '../http/metadata.ts';

/** What a call asks. Its body is not looked at before it is known who sent it. */
export const readBody =
  (headersToMetadata: readonly string[]): Step<Identified, Understood> =>
  (next) => {
    const names = headersToMetadata.map((name) => name.toLowerCase());
    return (call) => {
      const body = call.method === 'GET' ? {} : parseBody(call);
      const { raw } = call.headers;
      const { baggage } = raw;
      const metadata = mergeMetadata({
        headers: names.map((name) => [name, raw[name]]),
        baggage: typeof baggage === 'string' ? baggage : undefined,
        request: call.headers.metadata,
        apiKey: call.apiKey.metadata,
        user: body.user,
      });
      return next(understood(call, body, metadata));
    };
  };

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** @throws PlatformError (400) for a body that cannot be meant */
const parseBody = ({ bytes, headers }: Identified): JsonObject => {
  const type = headers.raw['content-type'];
  if (type !== 'application/json' && !JSON_TYPE.test(type ?? '')) {
    throw badBody('Invalid content type passed', 'content-type');
  }
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

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

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
