import { chooseConfig } from '@portolan/access-control';
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
import { type ConfigRef, type Routed, routed, type Step, type Understood, type Way } from '../exchange.ts';
import { lookTwice, type Search } from '../look-twice.ts';
import type { Workspace } from '../ports/workspace.ts';
import { refusePromptIds, routePrompts } from '../prompts/prompt-route.ts';
import { promptWorkspace } from '../prompts/prompt-workspace.ts';
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
    const workspace = call.asks === 'completePrompt' ? promptWorkspace(call) : call.workspace;
    const look = (each: Workspace) => wayOf(call, each, sources, readInline);
    const way =
      workspace instanceof Promise ? workspace.then((each) => lookTwice(each, look)) : lookTwice(workspace, look);
    return way instanceof Promise ? way.then((found) => next(routed(call, found))) : next(routed(call, way));
  };
};

const wayOf = (
  call: Understood,
  workspace: Workspace,
  sources: ConfigSources,
  readInline: InlineReader,
): Search<Way> => {
  const chosen = chosenConfig(call, workspace, readInline);
  if (chosen === undefined) {
    return { kind: 'missed', missed: configText(call) ?? '', error: invalidConfig('Invalid config id passed') };
  }
  const request = requestOf(call, workspace, chosen.route);
  if (request.kind === 'missed') return request;
  const { route, prompts, endpoint, body } = request.value;
  const named = namedTarget(call, { ...chosen, route }, sources);
  const unknown = unknownSlugs(named, workspace);
  if (unknown.length > 0) return { kind: 'missed', missed: unknown.join(), error: notValid(unknown) };
  return {
    kind: 'found',
    value: {
      endpoint,
      workspace,
      body,
      prompts,
      route: withRetryHeader(named, call.headers.retryCount),
      config: chosen.config,
      providerFromRequest: named !== route,
    },
  };
};

/** What is asked of a provider: what the caller asks, or what the prompt that the caller names becomes. */
const requestOf = (
  call: Understood,
  workspace: Workspace,
  route: RouteNode,
): Search<Pick<Way, 'endpoint' | 'body' | 'prompts' | 'route'>> => {
  const { asks, named, body } = call;
  if (asks === 'completePrompt') {
    const search = routePrompts(workspace, named, body, route);
    if (search.kind === 'missed') return search;
    const { kind, prompts, route: promptRoute } = search.value;
    const endpoint = kind === 'chat' ? 'chatComplete' : 'complete';
    return { kind: 'found', value: { endpoint, body: prompts.main.body, prompts, route: promptRoute } };
  }
  if (asks === 'retrieveModel' || asks === 'renderPrompt') throw new Error('answered before a way is looked for');
  refusePromptIds(route);
  return { kind: 'found', value: { endpoint: asks, body, prompts: undefined, route } };
};

/** The route of a config, or with the target that the request names where the config leaves that to it. */
const namedTarget = (call: Understood, { route, config }: ChosenConfig, sources: ConfigSources): RouteNode => {
  if (route.kind === 'group' || hasProviderSignal(route) || route.target.passthrough) return route;
  return { ...route, target: { ...route.target, ...requestTarget(call, sources, config !== NO_CONFIG) } };
};

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
