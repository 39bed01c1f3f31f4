import { expect } from 'vitest';
import { upstreamCall } from '../call.ts';
import { publicErrorBody, UnsupportedValue } from '../spec/errors.ts';
import { isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { CallContext, EndpointName, Provider, StreamItem, WireEvent } from '../spec/provider.ts';
import { openReader } from '../wire/reader.ts';

/**
 * One recorded case, in data: what a caller sent, what must reach the provider, what the provider answered,
 * what the caller must get. Either direction may be missing.
 */
export interface Vector {
  readonly id: string;
  readonly fn: EndpointName | `stream-${EndpointName}`;
  readonly strict: boolean;
  readonly options: { readonly provider: string; readonly apiKey?: string; readonly customHost?: string } & Readonly<
    Record<string, string | boolean | undefined>
  >;
  readonly request: JsonObject;
  readonly upstream?: { readonly url?: string; readonly headers?: Record<string, string>; readonly body?: Json };
  readonly reply?: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: Json;
    readonly sse?: readonly { readonly event?: string; readonly data: Json }[];
  };
  readonly expect?: { readonly status: number; readonly body?: Json; readonly sse?: readonly Json[] };
  /** Media that the mapping may download: url to content. */
  readonly media?: Record<string, { readonly mimeType: string; readonly base64: string }>;
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The frozen world of a vector: clock at 1767225600, ids counted in call order. */
export const vectorContext = (vector: Vector): CallContext => {
  const { provider, apiKey, customHost, ...settings } = vector.options;
  let ids = 0;
  return {
    provider,
    request: vector.request,
    options: {
      credential: apiKey === undefined ? undefined : { reveal: () => apiKey },
      customHost,
      settings: Object.fromEntries(
        Object.entries(settings).flatMap(([name, value]) =>
          value === undefined ? [] : [[snake(name), String(value)]],
        ),
      ),
    },
    strict: vector.strict,
    includeUsage: isObject(vector.request.stream_options) && vector.request.stream_options.include_usage === true,
    now: () => 1767225600,
    newId(prefix) {
      ids += 1;
      return `${prefix}id${ids}`;
    },
    fetchMedia(url, param) {
      const media = vector.media?.[url];
      return media === undefined
        ? Promise.reject(new UnsupportedValue(`no such media in the vector: ${url}`, param, 'media_download_failed'))
        : Promise.resolve(media);
    },
  };
};

const endpointNameOf = (vector: Vector): EndpointName => vector.fn.replace('stream-', '') as EndpointName;

/** The request direction. */
export const expectRequest = async (vector: Vector, provider: Provider): Promise<void> => {
  if (vector.upstream === undefined) return;
  const before = JSON.stringify(vector.request);
  const call = await upstreamCall(provider, endpointNameOf(vector), vector.request, vectorContext(vector));
  if (vector.upstream.url !== undefined) expect(call.url).toBe(vector.upstream.url);
  if (vector.upstream.headers !== undefined) expect(call.headers).toMatchObject(lowerKeys(vector.upstream.headers));
  if (vector.upstream.body !== undefined) expect(JSON.parse(JSON.stringify(call.body))).toEqual(vector.upstream.body);
  expect(JSON.stringify(vector.request), 'the caller body must not be touched').toBe(before);
};

/** The answer direction: plain, error or stream. */
export const expectAnswer = (vector: Vector, provider: Provider): void => {
  const { reply, expect: wanted } = vector;
  if (reply === undefined || wanted === undefined) return;
  const endpoint = provider.endpoints[endpointNameOf(vector)];
  if (reply.status >= 400) {
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const error = provider.error(reply.status, isObject(reply.body) ? reply.body : undefined, text);
    expect(publicErrorBody(provider.id, error)).toEqual(wanted.body);
    return;
  }
  if (reply.sse !== undefined) {
    expect(callerView(decode(vector, provider, [encodeSse(reply.sse)]))).toEqual(wanted.sse);
    return;
  }
  if (!isObject(reply.body)) throw new Error(`${vector.id}: the reply has no JSON object`);
  const answer = endpoint?.fromUpstream(reply.body, reply.headers ?? {}, vectorContext(vector));
  expect(JSON.parse(JSON.stringify(answer?.body))).toEqual(wanted.body);
};

/** Every way to cut a vector's stream in two must give the same items. */
export const expectEverySplit = (vector: Vector, provider: Provider): void => {
  if (vector.reply?.sse === undefined) return;
  const bytes = encodeSse(vector.reply.sse);
  const whole = decode(vector, provider, [bytes]);
  for (let at = 1; at < bytes.length; at++) {
    expect(decode(vector, provider, [bytes.subarray(0, at), bytes.subarray(at)]), `cut at byte ${at}`).toEqual(whole);
  }
  expect(
    decode(
      vector,
      provider,
      Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)),
    ),
  ).toEqual(whole);
};

/** Runs bytes through a provider's framing and decoder, as a connection that ends in good order would. */
export const decode = (vector: Vector, provider: Provider, reads: readonly Uint8Array[]): StreamItem[] => {
  const stream = provider.endpoints[endpointNameOf(vector)]?.stream;
  if (stream === undefined) throw new Error(`${vector.id}: ${provider.id} does not stream ${vector.fn}`);
  const reader = openReader(stream.framing);
  const decoder = stream.decoder(vectorContext(vector));
  const onEvents = (events: readonly WireEvent[]) => events.flatMap((event) => [...decoder.onEvent(event)]);
  return [...reads.flatMap((read) => onEvents(reader.push(read))), ...onEvents(reader.close()), ...decoder.onClose()];
};

/** What the caller receives for these items: chunks, an error, `[DONE]` after a proper end. */
export const callerView = (items: readonly StreamItem[]): Json[] =>
  items.flatMap((item): Json[] => {
    if (item.type === 'chunk') {
      if (item.json !== undefined) expect(JSON.parse(item.json)).toEqual(JSON.parse(JSON.stringify(item.chunk)));
      return [JSON.parse(JSON.stringify(item.chunk))];
    }
    if (item.type === 'error') return [{ error: { ...item.error } }];
    return item.type === 'end' ? ['[DONE]'] : [];
  });

export const encodeSse = (events: readonly { readonly event?: string; readonly data: Json }[]): Uint8Array =>
  new TextEncoder().encode(
    events
      .map(({ event, data }) => {
        const text = typeof data === 'string' ? data : JSON.stringify(data);
        return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
      })
      .join(''),
  );

const lowerKeys = (map: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name.toLowerCase(), value]));
