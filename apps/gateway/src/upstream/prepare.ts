import { randomUUID } from 'node:crypto';
import { type RouteLeaf, shapeBody } from '@portolan/config-schema';
import {
  type CallContext,
  type EndpointAdapter,
  endpointOf,
  type JsonObject,
  type Media,
  objectAt,
  stringAt,
  type UpstreamCall,
  upstreamCall,
} from '@portolan/providers';
import type { Clock } from '@portolan/service-kit';
import type { Routed } from '../exchange.ts';
import { mediaOfCall } from '../media/media-of-call.ts';
import { encode } from './answer.ts';
import type { Callee } from './callee.ts';

/** One leaf's request, ready to be sent any number of times. */
export interface Prepared {
  readonly callee: Callee;
  readonly endpoint: EndpointAdapter;
  readonly ctx: CallContext;
  readonly model: string | undefined;
  /** True when the answer is to be a stream. */
  readonly stream: boolean;
  readonly upstream: UpstreamCall;
  readonly bytes: Uint8Array;
}

export interface PrepareDeps {
  readonly clock: Clock;
  fetchMedia(url: string, param: string): Promise<Media>;
}

/**
 * Shapes the body for the leaf and translates it into the provider's terms.
 * A promise only where media must be fetched first.
 * @throws UnsupportedEndpoint, UnsupportedValue when the provider cannot do what was asked
 */
export const prepare = (
  call: Routed,
  leaf: RouteLeaf,
  callee: Callee,
  deps: PrepareDeps,
): Prepared | Promise<Prepared> => {
  const endpoint = endpointOf(callee.provider, call.endpoint);
  const body = shapeBody(callee.body, leaf.policy);
  const ctx = contextOf(callee, body, deps);
  const translated = upstreamCall(callee.provider, call.endpoint, body, ctx);
  const finish = (upstream: UpstreamCall): Prepared => ({
    callee,
    endpoint,
    ctx,
    model: stringAt(body, 'model'),
    stream: body.stream === true && endpoint.stream !== undefined,
    upstream,
    // The caller's own bytes go on when nothing of the body had to change.
    bytes: upstream.body === call.body && call.prompts === undefined ? call.bytes : encode(upstream.body),
  });
  return translated instanceof Promise ? translated.then(finish) : finish(translated);
};

const contextOf = (callee: Callee, body: JsonObject, { clock, fetchMedia }: PrepareDeps): CallContext => {
  // Few calls have media to fetch: the others need no bounds for it.
  let ofCall: typeof fetchMedia | undefined;
  return {
    provider: callee.provider.id,
    options: callee.options,
    request: body,
    strict: callee.strict,
    includeUsage: objectAt(body, 'stream_options')?.include_usage === true,
    now: () => Math.floor(clock.wallMs() / 1000),
    newId: (prefix) => prefix + randomUUID().replaceAll('-', ''),
    fetchMedia(url, param) {
      ofCall ??= mediaOfCall(fetchMedia);
      return ofCall(url, param);
    },
  };
};
