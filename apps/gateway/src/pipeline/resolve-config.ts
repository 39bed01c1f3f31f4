import { chooseConfig } from '@portolan/access-control';
import {
  hasProviderSignal,
  parseConfig,
  planConfig,
  type RouteLeaf,
  type RouteNode,
  slugsIn,
} from '@portolan/config-schema';
import { type EndpointName, type ProviderRegistry, stringAt } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import { LRUCache } from 'lru-cache';
import { type ConfigReader, invalidConfig } from '../config-reader.ts';
import { type ConfigRef, type Routed, routed, type Step, type Understood, type Way } from '../exchange.ts';
import type { Workspace } from '../ports/workspace.ts';
import { modelSlug } from '../request-provider.ts';

export interface ConfigSources {
  readonly providers: ProviderRegistry;
  readonly readConfig: ConfigReader;
}

/** Reads the text of an inline config. */
type InlineReader = (text: string) => RouteNode;

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
  const readInline: InlineReader = (text) => {
    const known = inline.get(text);
    if (known !== undefined) return known;
    const route = sources.readConfig(parsedJson(text), 'inline');
    inline.set(text, route);
    return route;
  };
  return (next) => (call) => {
    const found = wayOf(call, call.workspace, sources, readInline);
    return found.kind === 'way'
      ? next(routed(call, found.way))
      : lookAgain(call, found, sources, readInline).then((way) => next(routed(call, way)));
  };
};

/** The way of a call, or what it names and the workspace does not have. */
type Search =
  | { readonly kind: 'way'; readonly way: Way }
  | { readonly kind: 'missed'; readonly missed: string; readonly error: PlatformError };

/** What a call names may have been saved a moment ago: looked for once more before it is refused. */
const lookAgain = async (
  call: Understood,
  first: Search & { kind: 'missed' },
  sources: ConfigSources,
  readInline: InlineReader,
): Promise<Way> => {
  const newer = await call.workspace.newer(first.missed);
  if (newer === undefined) throw first.error;
  const second = wayOf(call, newer, sources, readInline);
  if (second.kind === 'missed') throw second.error;
  return second.way;
};

const wayOf = (call: Understood, workspace: Workspace, sources: ConfigSources, readInline: InlineReader): Search => {
  const chosen = chosenConfig(call, workspace, readInline);
  if (chosen === undefined) {
    return { kind: 'missed', missed: configText(call) ?? '', error: invalidConfig('Invalid config id passed') };
  }
  const named = namedTarget(call, chosen, sources);
  const unknown = unknownSlugs(named, workspace);
  if (unknown.length > 0) return { kind: 'missed', missed: unknown.join(), error: notValid(unknown) };
  return {
    kind: 'way',
    way: {
      endpoint: endpointOf(call),
      workspace,
      route: withRetryHeader(named, call.headers.retryCount),
      config: chosen.config,
      providerFromRequest: named !== chosen.route,
    },
  };
};

const endpointOf = ({ asks }: Understood): EndpointName => {
  if (asks === 'retrieveModel' || asks === 'completePrompt' || asks === 'renderPrompt') throw neverHere();
  return asks;
};

/** The route of a config, or with the target that the request names where the config leaves that to it. */
const namedTarget = (call: Understood, { route, config }: ChosenConfig, sources: ConfigSources): RouteNode => {
  if (route.kind === 'group' || hasProviderSignal(route) || route.target.passthrough) return route;
  return { ...route, target: { ...route.target, ...requestTarget(call, sources, config !== NO_CONFIG) } };
};

const neverHere = (): Error => new Error('answered before a way is looked for');

/** A config that names nobody, so that nothing about it depends on the deployment. */
function plainRoute(config: unknown): RouteLeaf {
  const parsed = parseConfig(config, 'inline');
  const route = parsed.ok ? planConfig(parsed.config) : undefined;
  if (route?.kind !== 'leaf') throw new Error('a config without targets is always one leaf');
  return route;
}

/** Planned once: the policy of a call without any config. */
const bare = plainRoute({ default_params: {} });

interface ChosenConfig {
  readonly route: RouteNode;
  readonly config: ConfigRef;
}

/** The slug or text of the config that counts. @throws PlatformError (400) when the key lets nobody choose */
const configText = ({ apiKey, headers }: Understood): string | undefined => {
  const choice = chooseConfig({
    request: headers.config ?? null,
    key: { configId: apiKey.defaultConfig ?? null, allowConfigOverride: apiKey.allowConfigOverride },
    keyType: apiKey.type,
    workspaceUserKeyConfig: apiKey.userKeyConfig ?? null,
  });
  if (choice.outcome === 'refused') throw invalidConfig(choice.message);
  return choice.config ?? undefined;
};

/** @returns undefined for a slug that the workspace does not have */
const chosenConfig = (call: Understood, workspace: Workspace, readInline: InlineReader): ChosenConfig | undefined => {
  const text = configText(call);
  if (text === undefined) return { route: bare, config: NO_CONFIG };
  if (!text.startsWith('pc-')) return { route: readInline(text), config: INLINE };
  const saved = workspace.config(text);
  return saved && { route: saved.route, config: { slug: saved.slug, version: saved.version } };
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

const unknownSlugs = (route: RouteNode, workspace: Workspace): readonly string[] =>
  slugsIn(route).filter((slug) => workspace.virtualKey(slug) === undefined);

const notValid = (slugs: readonly string[]): PlatformError =>
  new PlatformError('invalid_provider_slug', {
    public: `Following keys are not valid: ${slugs.join(', ')}`,
    param: 'provider',
  });

/** The provider that a request itself names: slug in a header, slug in the model, plain name in a header. */
const requestTarget = (
  call: Understood,
  { providers }: ConfigSources,
  hasConfig: boolean,
): { provider?: string; slug?: string } => {
  const { provider, virtualKey } = call.headers;
  const slug = provider?.startsWith('@')
    ? provider.slice(1).split('/')[0]
    : (virtualKey ?? modelSlug(stringAt(call.body, 'model')) ?? modelSlug(queryModel(call.url)));
  if (slug !== undefined) return { slug };
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
  if (node.policy.retry !== undefined) return node;
  return { ...node, policy: { ...node.policy, retry: retry.policy.retry } };
};
