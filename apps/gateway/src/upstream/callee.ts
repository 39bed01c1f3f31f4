import type { RouteLeaf } from '@portolan/config-schema';
import {
  type JsonObject,
  type Provider,
  type ProviderRegistry,
  stringAt,
  type TargetOptions,
} from '@portolan/providers';
import { PlatformError, Secret } from '@portolan/service-kit';
import type { HostCheck } from '../egress/custom-host.ts';
import type { Routed } from '../exchange.ts';
import { alwaysSettings, forwardedHeaders, providerSettings } from '../http/client-headers.ts';
import { bearerToken, realCredential } from '../http/header-values.ts';
import type { VirtualKey, VirtualKeys } from '../ports/virtual-keys.ts';
import { modelSlug, withoutModelSlug } from '../request-provider.ts';

/** Whom a leaf calls in this very call, with everything that takes. */
export interface Callee {
  readonly provider: Provider;
  readonly options: TargetOptions;
  readonly virtualKey: string | undefined;
  /** The client's headers that travel along. */
  readonly forwarded: Readonly<Record<string, string>>;
  readonly strict: boolean;
  /** The body with its `@slug/` prefix taken off the model. */
  readonly body: JsonObject;
}

export interface CalleeSources {
  readonly providers: ProviderRegistry;
  readonly virtualKeys: VirtualKeys;
  readonly checkHost: HostCheck;
}

/**
 * Resolves a leaf.
 * @param isFallback  another target was tried before: the body was written for that one and is fitted to this one
 * @throws PlatformError (400) when it names nobody, or somebody who may not be called this way
 */
export const resolveCallee = (call: Routed, leaf: RouteLeaf, isFallback: boolean, sources: CalleeSources): Callee => {
  const virtualKey = virtualKeyOf(call, leaf, sources.virtualKeys);
  const id = virtualKey?.provider ?? leaf.target.provider;
  const provider = id === undefined ? undefined : sources.providers.get(id);
  if (provider === undefined) {
    throw new PlatformError('invalid_request_error', { public: 'Invalid provider passed', param: 'provider' });
  }
  const { headers } = call;
  const forwardNames = headers.forwardHeaders ?? leaf.policy.forwardHeaders;
  return {
    provider,
    virtualKey: virtualKey?.slug,
    options: {
      credential: credentialOf(call, leaf, provider, virtualKey, forwardsAuthorization(forwardNames)),
      customHost: customHostOf(call, leaf, virtualKey, sources.checkHost),
      settings: {
        ...(isFallback ? { drop_unsupported_params: 'true' } : undefined),
        ...(call.providerFromRequest ? providerSettings(headers.raw) : undefined),
        ...leaf.target.settings,
        ...virtualKey?.settings,
        ...alwaysSettings(headers.raw),
      },
    },
    forwarded: forwardNames.length === 0 ? {} : withoutOurKey(call, forwardedHeaders(forwardNames, headers.raw)),
    strict: headers.strict && leaf.policy.strict,
    body: withoutModelSlug(call.body),
  };
};

const virtualKeyOf = (call: Routed, leaf: RouteLeaf, virtualKeys: VirtualKeys): VirtualKey | undefined => {
  const slug = leaf.target.passthrough ? passthroughSlug(call) : leaf.target.slug;
  if (slug === undefined) return undefined;
  const found = virtualKeys.find(slug);
  if (found !== undefined) return found;
  throw new PlatformError('invalid_provider_slug', {
    public: `Following keys are not valid: ${slug}`,
    param: 'provider',
  });
};

/** A passthrough target takes its provider from the request. */
const passthroughSlug = (call: Routed): string => {
  const header = call.headers.provider;
  const slug = header?.startsWith('@') ? header.slice(1).split('/')[0] : modelSlug(stringAt(call.body, 'model'));
  if (slug !== undefined && slug !== '') return slug;
  throw new PlatformError('passthrough_unresolved', {
    public: 'A passthrough target needs a provider: send x-portkey-provider: @slug, or a model of the form @slug/model',
    param: 'model',
  });
};

/**
 * The first credential there is: the vault's, the config's, the caller's own `Authorization`.
 * The last only for a call with one target: in a group it would hand one vendor's key to another.
 */
const credentialOf = (
  call: Routed,
  leaf: RouteLeaf,
  provider: Provider,
  virtualKey: VirtualKey | undefined,
  forwardsAuthorization: boolean,
): Secret | undefined => {
  if (virtualKey?.credential !== undefined) return virtualKey.credential;
  if (virtualKey === undefined && leaf.target.apiKey !== undefined) return new Secret(leaf.target.apiKey);
  if (leaf.path !== 'config' || forwardsAuthorization) return undefined;
  const anthropicKey = provider.id === 'anthropic' ? call.headers.raw['x-api-key'] : undefined;
  const token = realCredential(call.callerCredential) ?? realCredential(asString(anthropicKey));
  return token === undefined || isGatewayKey(call, token) ? undefined : new Secret(token);
};

const isGatewayKey = (call: Routed, value: string): boolean => bearerToken(value) === call.gatewayKey.reveal();

/** Then `Authorization` goes on as it came, and is nobody's to rewrite. */
const forwardsAuthorization = (names: readonly string[]): boolean =>
  names.some((name) => name.toLowerCase() === 'authorization');

const asString = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Header, then config, then vault. A stored credential only travels to hosts that its owner named. */
const customHostOf = (
  call: Routed,
  leaf: RouteLeaf,
  virtualKey: VirtualKey | undefined,
  checkHost: HostCheck,
): string | undefined => {
  const chosen = call.headers.customHost ?? leaf.policy.customHost;
  const host = chosen ?? virtualKey?.customHost;
  if (host === undefined) return undefined;
  const url = checkHost(host);
  if (chosen !== undefined && !mayTravel(call, leaf, virtualKey, url)) {
    throw new PlatformError('invalid_request_error', { public: 'Invalid custom host', param: 'custom_host' });
  }
  return url;
};

const mayTravel = (call: Routed, leaf: RouteLeaf, virtualKey: VirtualKey | undefined, url: string): boolean => {
  const ownHost = (host: string | undefined) => host !== undefined && new URL(host).host === new URL(url).host;
  if (virtualKey?.credential !== undefined) {
    return virtualKey.allowedHosts.includes(new URL(url).host) || ownHost(virtualKey.customHost);
  }
  // A saved config is somebody's store too: its key goes where the config says, not where a caller's header says.
  const storedInConfig = leaf.target.apiKey !== undefined && call.config.version !== undefined;
  return !storedInConfig || call.headers.customHost === undefined || ownHost(leaf.policy.customHost);
};

/** The API key of the gateway never leaves it, not even on request and under whatever name. */
const withoutOurKey = (call: Routed, forwarded: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(forwarded).filter(([, value]) => !isGatewayKey(call, value)));
