import { PlatformError } from '@portolan/service-kit';
import { isObject, type JsonObject } from '../domain/json.ts';

const MAX_DEPTH = 64;

const isDeeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)));

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlatformError('invalid_request_error', { public: 'The body is not valid JSON.', param: 'body' });
  }
};

/** The Node.js client turns an array into an object with the keys 0, 1, 2 …; this turns it back. */
const disguisedArray = (body: JsonObject): readonly unknown[] | undefined => {
  const names = Object.keys(body);
  return names.length > 0 && names.every((name, at) => name === String(at)) ? Object.values(body) : undefined;
};

/**
 * A request body as clients send it: empty counts as `{}`, whatever its content type says.
 * @throws PlatformError  `invalid_request_error` for what is no JSON, nests too deep, or is neither object nor array
 */
export const readBody = (
  bytes: Uint8Array,
): { readonly body: JsonObject; readonly items: readonly unknown[] | undefined } => {
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (text === '') return { body: {}, items: undefined };
  const parsed = parse(text);
  if (isDeeperThan(parsed, MAX_DEPTH)) {
    throw new PlatformError('invalid_request_error', {
      public: `The body nests deeper than ${MAX_DEPTH} levels.`,
      param: 'body',
    });
  }
  if (Array.isArray(parsed)) return { body: {}, items: parsed };
  if (parsed === null) return { body: {}, items: undefined };
  if (!isObject(parsed)) {
    throw new PlatformError('invalid_request_error', { public: 'The body must be a JSON object.', param: 'body' });
  }
  return { body: parsed, items: disguisedArray(parsed) };
};
