import {
  hasProviderSignal,
  parseConfig,
  planConfig,
  type RouteLeaf,
  type RouteNode,
  slugsIn,
} from '@portolan/config-schema';
import { type ProviderRegistry, stringAt } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';
import { type ConfigReader, invalidConfig } from '../config-reader.ts';
import { type ConfigRef, type Routed, routed, type Step, type Understood } from '../exchange.ts';
import type { Configs } from '../ports/configs.ts';
import type { VirtualKeys } from '../ports/virtual-keys.ts';
import { modelSlug } from '../request-provider.ts';

export interface ConfigSources {
  readonly configs: Configs;
  readonly virtualKeys: VirtualKeys;
  readonly providers: ProviderRegistry;
  readonly readConfig: ConfigReader;
}

const MAX_CACHED_CHARS = 8 * 1024 * 1024;
const NO_CONFIG: ConfigRef = { slug: undefined, version: undefined };
const INLINE: ConfigRef = { slug: 'inline', version: undefined };

/** Which way a call goes: its config, or the provider that its headers and body name, checked before anything is tried. */
export const resolveConfig = (sources: ConfigSources): Step<Understood, Routed> => {
  // An inline config is text that clients repeat on every call: read and checked once, then looked up.
  const inline = new LRUCache<string, RouteNode>({
    maxSize: MAX_CACHED_CHARS,
    sizeCalculation: (_route, text) => text.length,
  });
  const readInline = (text: string): RouteNode => {
    const known = inline.get(text);
    if (known !== undefined) return known;
    const route = sources.readConfig(parsedJson(text), 'inline');
    inline.set(text, route);
    return route;
  };
  return (next) => (call) => {
    const { route, config } = chosenConfig(call, sources, readInline);
    const { retryCount } = call.headers;
    refuseUnknownSlugs(route, sources.virtualKeys);
    if (hasProviderSignal(route) || isPassthrough(route)) {
      return next(routed(call, withRetryHeader(route, retryCount), config, false));
    }
    const target = requestTarget(call, sources, config !== NO_CONFIG);
    const leaf: RouteLeaf = route.kind === 'leaf' ? { ...route, target: { ...route.target, ...target } } : neverHere();
    return next(routed(call, withRetryHeader(leaf, retryCount), config, true));
  };
};

const isPassthrough = (route: RouteNode): boolean => route.kind === 'leaf' && route.target.passthrough;

const neverHere = (): never => {
  throw new Error('a config without providers is always one leaf');
};

/** A config that names nobody, so that nothing about it depends on the deployment. */
function plainRoute(config: unknown): RouteNode {
  const parsed = parseConfig(config, 'inline');
  return parsed.ok ? planConfig(parsed.config) : neverHere();
}

/** Planned once: the policy of a call without any config. */
const bare = plainRoute({ default_params: {} });

const chosenConfig = (
  call: Understood,
  sources: ConfigSources,
  readInline: (text: string) => RouteNode,
): { route: RouteNode; config: ConfigRef } => {
  const { apiKey, headers } = call;
  if (headers.config !== undefined && apiKey.defaultConfig !== undefined && !apiKey.allowConfigOverride) {
    throw invalidConfig('Cannot override default config set for this API key.');
  }
  const text = headers.config ?? apiKey.defaultConfig;
  if (text === undefined) return { route: bare, config: NO_CONFIG };
  if (text.startsWith('pc-')) {
    const saved = sources.configs.find(text);
    if (saved === undefined) throw invalidConfig('Invalid config id passed');
    return { route: saved.route, config: { slug: saved.slug, version: saved.version } };
  }
  return { route: readInline(text), config: INLINE };
};

const parsedJson = (text: string): unknown => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw invalidConfig('Invalid config passed. You need to pass a valid json');
  }
  return json;
};

const refuseUnknownSlugs = (route: RouteNode, virtualKeys: VirtualKeys): void => {
  const unknown = slugsIn(route).filter((slug) => virtualKeys.find(slug) === undefined);
  if (unknown.length > 0) throw unknownSlugs(unknown);
};

const unknownSlugs = (slugs: readonly string[]): PlatformError =>
  new PlatformError('invalid_provider_slug', {
    public: `Following keys are not valid: ${slugs.join(', ')}`,
    param: 'provider',
  });

/** The provider that a request itself names: slug in a header, slug in the model, plain name in a header. */
const requestTarget = (
  call: Understood,
  { providers, virtualKeys }: ConfigSources,
  hasConfig: boolean,
): { provider?: string; slug?: string } => {
  const { provider, virtualKey } = call.headers;
  const slug = provider?.startsWith('@')
    ? provider.slice(1).split('/')[0]
    : (virtualKey ?? modelSlug(stringAt(call.body, 'model')) ?? modelSlug(queryModel(call.url)));
  if (slug !== undefined) {
    if (virtualKeys.find(slug) === undefined) throw unknownSlugs([slug]);
    return { slug };
  }
  if (provider !== undefined) {
    if (providers.has(provider)) return { provider };
    throw new PlatformError('invalid_request_error', {
      public: 'Invalid provider passed',
      param: 'x-portkey-provider',
    });
  }
  throw invalidConfig(
    hasConfig
      ? 'Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with provider details in it.'
      : 'Either x-portkey-config or x-portkey-provider header is required',
  );
};

const queryModel = (url: string): string | undefined => {
  const at = url.indexOf('?');
  return at < 0 ? undefined : (new URLSearchParams(url.slice(at + 1)).get('model') ?? undefined);
};

/** The deprecated header form of `retry.attempts`, for every target whose config says nothing about retries. */
const withRetryHeader = (node: RouteNode, attempts: number | undefined): RouteNode => {
  if (attempts === undefined) return node;
  if (node.kind === 'group')
    return { ...node, children: node.children.map((child) => withRetryHeader(child, attempts)) };
  const retry = plainRoute({ retry: { attempts } });
  if (node.policy.retry !== undefined || retry.kind !== 'leaf') return node;
  return { ...node, policy: { ...node.policy, retry: retry.policy.retry } };
};
