import type { RouteLeaf } from '@portolan/config-schema';
import type { JsonObject, Provider, ProviderRegistry, TargetOptions } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { HostCheck } from '../egress/custom-host.ts';
import type { Routed } from '../exchange.ts';
import { alwaysSettings, forwardedHeaders, providerSettings } from '../http/client-headers.ts';
import { withoutModelSlug } from '../request-provider.ts';
import { credentialOf, isGatewayKey } from './target-credential.ts';
import { customHostOf, keepAtHome } from './target-host.ts';
import { bodyOf, modelOf, type Stored } from './target-virtual-key.ts';

/** Whom a leaf calls in this very call, with everything that takes. */
export interface Callee {
  readonly provider: Provider;
  readonly options: TargetOptions;
  readonly virtualKey: string | undefined;
  /** The client's headers that travel along. */
  readonly forwarded: Readonly<Record<string, string>>;
  /** Headers that the owner of the credential wants on every request, whatever else is sent under their names. */
  readonly fixed: Readonly<Record<string, string>> | undefined;
  readonly strict: boolean;
  /** The body with its `@slug/` prefix taken off the model. */
  readonly body: JsonObject;
}

export interface CalleeSources {
  readonly providers: ProviderRegistry;
  readonly checkHost: HostCheck;
}

/**
 * Resolves a leaf.
 * @param stored      behind the virtual key that the leaf names, if it names one
 * @param isFallback  another target was tried before: the body was written for that one and is fitted to this one
 * @throws PlatformError (400) when it names nobody, or somebody who may not be called this way
 */
export const resolveCallee = (
  call: Routed,
  leaf: RouteLeaf,
  stored: Stored | undefined,
  isFallback: boolean,
  sources: CalleeSources,
): Callee => {
  const id = stored?.virtualKey.provider ?? leaf.target.provider;
  const provider = id === undefined ? undefined : sources.providers.get(id);
  if (provider === undefined) {
    throw new PlatformError('invalid_request_error', { public: 'Invalid provider passed', param: 'provider' });
  }
  const { headers } = call;
  const body = withoutModelSlug(bodyOf(call, leaf));
  const forwardNames = headers.forwardHeaders ?? leaf.policy.forwardHeaders;
  const settings = {
    ...(isFallback ? { drop_unsupported_params: 'true' } : undefined),
    ...(call.providerFromRequest ? providerSettings(headers.raw) : undefined),
    ...leaf.target.settings,
    ...stored?.credential.settings(),
    ...alwaysSettings(headers.raw),
  };
  const customHost = customHostOf(call, leaf, stored, modelOf(body, leaf), sources.checkHost);
  const options = {
    credential: credentialOf(call, leaf, provider, stored?.credential, forwardsAuthorization(forwardNames)),
    customHost,
    settings,
  };
  if (stored !== undefined) keepAtHome(stored, customHost ?? provider.baseUrl(options), provider);
  return {
    provider,
    virtualKey: stored?.virtualKey.slug,
    options,
    forwarded: forwardNames.length === 0 ? {} : withoutOurKey(call, forwardedHeaders(forwardNames, headers.raw)),
    fixed: stored?.credential.headers(),
    strict: headers.strict && leaf.policy.strict,
    body,
  };
};

/** Then `Authorization` goes on as it came, and is nobody's to rewrite. */
const forwardsAuthorization = (names: readonly string[]): boolean =>
  names.some((name) => name.toLowerCase() === 'authorization');

/** The API key of the gateway never leaves it, not even on request and under whatever name. */
const withoutOurKey = (call: Routed, forwarded: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(forwarded).filter(([, value]) => !isGatewayKey(call, value)));
