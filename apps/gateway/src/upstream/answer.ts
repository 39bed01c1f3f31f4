import {
  type CallContext,
  type EndpointAdapter,
  InvalidUpstreamResponse,
  isObject,
  type JsonObject,
  type Provider,
  publicErrorBody,
  type Usage,
} from '@portolan/providers';
import { type Failure, invalidAnswer } from './failure.ts';
import type { UpstreamHeaders } from './send.ts';

const EXCERPT_CHARS = 500;

/** A plain answer in the caller's terms, or why it is none. */
export type ReadAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly body: JsonObject;
      readonly usage: Usage | undefined;
    }
  | { readonly kind: 'error'; readonly status: number; readonly bytes: Uint8Array }
  | { readonly kind: 'invalid'; readonly failure: Failure };

/** Reads a whole answer of a provider: success, error, or neither. */
export const readAnswer = (
  provider: Provider,
  endpoint: EndpointAdapter,
  ctx: CallContext,
  answer: { status: number; headers: UpstreamHeaders; body: Buffer },
  streamAsked: boolean,
): ReadAnswer => {
  const { status } = answer;
  const text = answer.body.toString('utf8');
  const json = parse(text);
  if (status >= 400) {
    const error = provider.error(status, json, text.slice(0, EXCERPT_CHARS));
    const named = json === undefined ? { ...error, type: error.type ?? 'invalid_upstream_response' } : error;
    return { kind: 'error', status, bytes: encode(publicErrorBody(provider.id, named)) };
  }
  if (status >= 300) {
    return invalid(`${provider.id} error: answered with a redirect (${status}), which is not followed`);
  }
  if (json === undefined) return invalid(`${provider.id} error: ${text.slice(0, EXCERPT_CHARS)}`);
  if (streamAsked) return invalid(wrongShape(provider, text));
  try {
    const read = endpoint.fromUpstream(json, plainHeaders(answer.headers), ctx);
    // The provider's own bytes go on when the mapping left its body alone.
    const bytes = read.body === json ? answer.body : encode(read.body);
    return { kind: 'answer', status, bytes, body: read.body, usage: read.usage };
  } catch (error) {
    if (error instanceof InvalidUpstreamResponse) return invalid(wrongShape(provider, text));
    throw error;
  }
};

export const encode = (body: JsonObject): Buffer => Buffer.from(JSON.stringify(body));

const wrongShape = (provider: Provider, text: string): string =>
  `Invalid response received from ${provider.id}: ${text.slice(0, EXCERPT_CHARS)}`;

const invalid = (message: string): ReadAnswer => ({ kind: 'invalid', failure: invalidAnswer(message) });

const parse = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Adapters see single values. */
const plainHeaders = (headers: UpstreamHeaders): Readonly<Record<string, string>> => {
  const plain: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') plain[name] = value;
  }
  return plain;
};
