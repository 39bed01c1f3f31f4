import { PlatformError, Secret } from '@portolan/service-kit';
import { type Identified, identified, type Received, type Step } from '../exchange.ts';
import type { ApiKeys } from '../ports/api-keys.ts';

/** Who calls. What is left of the credential headers may serve a provider later. */
export const authenticate =
  (apiKeys: ApiKeys): Step<Received, Identified> =>
  (next) =>
  (call) => {
    const { key, callerCredential } = gatewayKey(call);
    const apiKey = key === undefined ? undefined : apiKeys.find(key);
    if (key === undefined || apiKey === undefined) {
      throw new PlatformError('invalid_api_key', { public: 'Portkey Error: Invalid API Key. Error Code: 03' });
    }
    return next(identified(call, apiKey, new Secret(key), callerCredential));
  };

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
