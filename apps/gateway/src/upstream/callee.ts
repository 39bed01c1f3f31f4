import type { RouteLeaf } from '@portolan/config-schema';
import {
  type Credential,
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
import type { StoredCredential } from '../ports/credentials.ts';
import type { VirtualKey } from '../ports/virtual-keys.ts';
import { modelSlug, withoutModelSlug } from '../request-provider.ts';

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

/** A virtual key and what is stored for it. */
export interface Stored {
  readonly virtualKey: VirtualKey;
  readonly credential: StoredCredential;
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
  if (stored !== undefined) keepAtHome(stored, customHost ?? provider.baseUrl(options));
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

/**
 * The virtual key that a leaf names, if it may be used now and for the model that would be called.
 * @throws PlatformError when it may not
 */
export const virtualKeyOf = (call: Routed, leaf: RouteLeaf, nowMs: () => number): VirtualKey | undefined => {
  const slug = leaf.target.passthrough ? passthroughSlug(call) : leaf.target.slug;
  if (slug === undefined) return undefined;
  const found = call.workspace.virtualKey(slug);
  if (found === undefined) throw unknownVirtualKey(slug);
  checkUsable(found, modelOf(withoutModelSlug(bodyOf(call, leaf)), leaf), nowMs);
  return found;
};

/** A slug that stands for nothing, or for nothing any more. */
export const unknownVirtualKey = (slug: string): PlatformError =>
  new PlatformError('invalid_provider_slug', { public: `Following keys are not valid: ${slug}`, param: 'provider' });

const checkUsable = (
  { slug, status, expiresAtMs, models }: VirtualKey,
  model: string | undefined,
  nowMs: () => number,
): void => {
  if (status === 'exhausted') {
    throw new PlatformError('virtual_key_exhaust_error', {
      public: `Portkey Virtual Key ${slug} Usage Limit Exceeded`,
    });
  }
  if (status === 'expired' || (expiresAtMs !== undefined && nowMs() >= expiresAtMs)) {
    throw new PlatformError('virtual_key_expired_error', { public: `Portkey Virtual Key ${slug} Expired` });
  }
  if (models !== undefined && model !== undefined && !models.has(model)) {
    throw new PlatformError('model_not_allowed_error', {
      public: `Model ${model} is not allowed for the virtual key ${slug}`,
      param: 'model',
    });
  }
};

/** What a target is asked with: the body of the call, or what the target's own prompt became. */
const bodyOf = (call: Routed, { path }: RouteLeaf): JsonObject => call.prompts?.byPath.get(path)?.body ?? call.body;

/** The model as the provider would be asked for it. */
const modelOf = (body: JsonObject, { policy }: RouteLeaf): string | undefined =>
  stringAt(policy.overrideParams, 'model') ?? stringAt(body, 'model') ?? stringAt(policy.defaultParams, 'model');

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

const isGatewayKey = (call: Routed, value: string): boolean => bearerToken(value) === call.gatewayKey.reveal();

/** Then `Authorization` goes on as it came, and is nobody's to rewrite. */
const forwardsAuthorization = (names: readonly string[]): boolean =>
  names.some((name) => name.toLowerCase() === 'authorization');

const asString = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Header, then config, then what is allowed for the model, then the vault. */
const customHostOf = (
  call: Routed,
  leaf: RouteLeaf,
  stored: Stored | undefined,
  model: string | undefined,
  checkHost: HostCheck,
): string | undefined => {
  const chosen = call.headers.customHost ?? leaf.policy.customHost;
  const ofModel = model === undefined ? undefined : stored?.virtualKey.models?.get(model);
  const host = chosen ?? ofModel ?? stored?.credential.customHost;
  if (host === undefined) return undefined;
  const url = checkHost(host);
  const isRefused =
    stored === undefined
      ? staysWithConfig(call, leaf, url)
      : chosen !== undefined && !stored.credential.mayGoTo(url, true);
  if (isRefused) throw invalidHost();
  return url;
};

/** A stored credential only travels to hosts that its owner, or the provider's own address, stands for. */
const keepAtHome = ({ credential }: Stored, url: string): void => {
  if (!credential.mayGoTo(url, false)) throw invalidHost();
};

const invalidHost = (): PlatformError =>
  new PlatformError('invalid_request_error', { public: 'Invalid custom host', param: 'custom_host' });

/** A saved config is somebody's store too: its key goes where the config says, not where a caller's header says. */
const staysWithConfig = (call: Routed, leaf: RouteLeaf, url: string): boolean => {
  const storedInConfig = leaf.target.apiKey !== undefined && call.config.version !== undefined;
  const { customHost } = leaf.policy;
  const isOwn = customHost !== undefined && new URL(customHost).host === new URL(url).host;
  return storedInConfig && call.headers.customHost !== undefined && !isOwn;
};

/** The API key of the gateway never leaves it, not even on request and under whatever name. */
const withoutOurKey = (call: Routed, forwarded: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(forwarded).filter(([, value]) => !isGatewayKey(call, value)));
