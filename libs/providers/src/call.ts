import type { JsonObject } from './spec/json.ts';
import type { CallContext, EndpointName, HeaderMap, Notice, Provider, UpstreamRequest } from './spec/provider.ts';

/** A request ready for a socket. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Lower-case names; auth included. */
  readonly headers: HeaderMap;
  /** The caller's own object when nothing changed. */
  readonly body: JsonObject;
  readonly notices: readonly Notice[];
}

export class UnsupportedEndpoint extends Error {
  constructor(endpoint: EndpointName, provider: string) {
    super(`${endpoint} is not supported by ${provider}`);
    this.name = 'UnsupportedEndpoint';
  }
}

/** The endpoint's adapter. @throws UnsupportedEndpoint */
export const endpointOf = (provider: Provider, name: EndpointName) => {
  const endpoint = provider.endpoints[name];
  if (endpoint === undefined) throw new UnsupportedEndpoint(name, provider.id);
  return endpoint;
};

/** From the caller's body to a request ready for a socket. A promise only where media must be fetched first. */
export const upstreamCall = (
  provider: Provider,
  name: EndpointName,
  body: JsonObject,
  ctx: CallContext,
): UpstreamCall | Promise<UpstreamCall> => {
  const request = endpointOf(provider, name).toUpstream(body, ctx);
  return request instanceof Promise
    ? request.then((ready) => assemble(provider, ready, ctx))
    : assemble(provider, request, ctx);
};

const assemble = (provider: Provider, request: UpstreamRequest, ctx: CallContext): UpstreamCall => ({
  method: request.method ?? 'POST',
  url: (ctx.options.customHost ?? provider.baseUrl(ctx.options)) + request.path,
  headers: { 'content-type': 'application/json', ...provider.headers(ctx.options), ...request.headers },
  body: request.body,
  notices: request.notices,
});
