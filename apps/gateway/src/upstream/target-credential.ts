import type { RouteLeaf } from '@portolan/config-schema';
import type { Credential, Provider } from '@portolan/providers';
import { Secret } from '@portolan/service-kit';
import type { Routed } from '../exchange.ts';
import { bearerToken, realCredential } from '../http/header-values.ts';
import type { StoredCredential } from '../ports/credentials.ts';

/**
 * The first credential there is: the vault's, the config's, the caller's own `Authorization`.
 * The last only for a call with one target: in a group it would hand one vendor's key to another.
 */
export const credentialOf = (
  call: Routed,
  leaf: RouteLeaf,
  provider: Provider,
  stored: StoredCredential | undefined,
  forwardsAuthorization: boolean,
): Credential | undefined => {
  if (provider.id === 'vertex-ai') return vertexToken(call, leaf, stored);
  if (stored?.key !== undefined) return stored.key;
  if (stored === undefined && leaf.target.apiKey !== undefined) return new Secret(leaf.target.apiKey);
  if (leaf.path !== 'config' || forwardsAuthorization) return undefined;
  const anthropicKey = provider.id === 'anthropic' ? call.headers.raw['x-api-key'] : undefined;
  return callersSecret(call, realCredential(call.callerCredential) ?? realCredential(asString(anthropicKey)));
};

/**
 * Google's access tokens live for an hour, so nobody stores one: where no service account is, the caller sends one, and it serves
 * every target of this provider. Keys of other vendors, which begin with `sk-`, are not shown to Google.
 */
const vertexToken = (call: Routed, leaf: RouteLeaf, stored: StoredCredential | undefined): Credential | undefined => {
  const account = stored?.settings().vertex_service_account_json ?? leaf.target.settings.vertex_service_account_json;
  if (account !== undefined) return undefined;
  if (stored === undefined && leaf.target.apiKey !== undefined) return new Secret(leaf.target.apiKey);
  const token = realCredential(call.callerCredential);
  return token?.startsWith('sk-') === true ? undefined : callersSecret(call, token);
};

const callersSecret = (call: Routed, token: string | undefined): Secret | undefined =>
  token === undefined || isGatewayKey(call, token) ? undefined : new Secret(token);

/** Whether a header's value is the key that let this call in, with or without its scheme. */
export const isGatewayKey = (call: Routed, value: string): boolean => bearerToken(value) === call.gatewayKey.reveal();

const asString = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
