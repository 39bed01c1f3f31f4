import { type Scope, scopesForRoute } from '@portolan/access-control';
import { PlatformError, Secret } from '@portolan/service-kit';
import { type Asked, type Handle, type Identified, identified, type Received, type Step } from '../exchange.ts';
import { callRoutes } from '../http/routes/calls.ts';
import type { ApiKey, ApiKeys } from '../ports/api-keys.ts';

/** Who calls, and whether that key opens this path. What is left of the credential headers may serve a provider later. */
export const authenticate =
  (apiKeys: ApiKeys): Step<Received, Identified> =>
  (next) =>
  (call) => {
    const { key, callerCredential } = gatewayKey(call);
    if (key === undefined) throw unknownKey();
    const found = apiKeys.find(key);
    return found instanceof Promise
      ? found.then((apiKey) => goOn(next, call, apiKey, key, callerCredential))
      : goOn(next, call, found, key, callerCredential);
  };

const goOn = (
  next: Handle<Identified>,
  call: Received,
  apiKey: ApiKey | undefined,
  key: string,
  callerCredential: string | undefined,
) => {
  if (apiKey === undefined) throw unknownKey();
  if (apiKey.scopes !== undefined && !opens(apiKey.scopes, call.asks)) throw forbidden();
  return next(identified(call, apiKey, new Secret(key), callerCredential));
};

const unknownKey = (): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'Portkey Error: Invalid API Key. Error Code: 03' });

/** The key is known, and this is not for it. */
export const forbidden = (): PlatformError =>
  new PlatformError('permission_denied', { public: 'Portkey Error: Forbidden!. Error Code: 033' });

const scopesByAsked: ReadonlyMap<Asked, readonly Scope[]> = new Map(
  callRoutes.map(({ method, path, asks }) => [asks, scopesForRoute(method, path)]),
);

const opens = (held: ReadonlySet<string>, asks: Asked): boolean =>
  scopesByAsked.get(asks)?.some((scope) => held.has(scope)) ?? false;

/**
 * Which of the headers holds the key of the gateway, and what `Authorization` then still means.
 * A lone `Authorization` is the key, so that it can never reach a provider.
 */
export const gatewayKey = ({
  headers,
  url,
}: Pick<Received, 'headers' | 'url'>): { key: string | undefined; callerCredential: string | undefined } => {
  const { apiKey, bearer } = headers;
  if (apiKey !== undefined) return { key: apiKey, callerCredential: bearer === apiKey ? undefined : bearer };
  if (bearer !== undefined) return { key: bearer, callerCredential: undefined };
  const anthropicKey = headers.raw['x-api-key'];
  const viaMessages = url.startsWith('/v1/messages') && typeof anthropicKey === 'string';
  return { key: viaMessages ? anthropicKey : undefined, callerCredential: undefined };
};
