import { parseConfig, planConfig, type RouteGroup, type RouteNode } from '@portolan/config-schema';
import { Secret } from '@portolan/service-kit';
import { Cancellation } from '../cancellation.ts';
import type { Routed } from '../exchange.ts';
import { readClientHeaders } from '../http/client-headers.ts';
import type { ApiKey } from '../ports/api-keys.ts';
import type { Workspace } from '../ports/workspace.ts';

/** A config as the router sees it. @throws with the problems of a config that is not valid */
export const routeOf = (config: object, source: 'inline' | 'saved' = 'inline'): RouteNode => {
  const parsed = parseConfig(config, source);
  if (!parsed.ok) throw new Error([parsed.message, ...(parsed.errors ?? [])].join('; '));
  return planConfig(parsed.config);
};

/** … of which the root is a group. */
export const groupOf = (config: object): RouteGroup => {
  const route = routeOf(config);
  if (route.kind === 'group') return route;
  throw new Error('the config is a single target');
};

const EMPTY_WORKSPACE: Workspace = {
  config: () => undefined,
  virtualKey: () => undefined,
  virtualKeys: () => [],
  prompt: () => undefined,
  partial: () => undefined,
  newer: async () => undefined,
  refreshed: async () => EMPTY_WORKSPACE,
};

/** A key of a deployment without a platform, in a workspace where nothing is saved. */
export const API_KEY: ApiKey = {
  id: 'key-1',
  type: 'workspace-service',
  organizationId: undefined,
  workspaceId: undefined,
  userId: undefined,
  scopes: undefined,
  defaultConfig: undefined,
  userKeyConfig: undefined,
  allowConfigOverride: true,
  metadata: {},
  savedOnly: false,
  keepsBodies: true,
  workspace: EMPTY_WORKSPACE,
};

/** A call as a strategy gets it: nothing said but what a test adds. */
export const routedCall = (
  route: RouteNode,
  rest: Partial<Omit<Routed, 'headers'>> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Routed => ({
  asks: 'chatComplete',
  named: '',
  endpoint: 'chatComplete',
  url: '/v1/chat/completions',
  method: 'POST',
  body: {},
  bytes: new Uint8Array(),
  ids: { requestId: 'r', traceId: 't', spanId: 's', spanName: 'llm', parentSpanId: undefined },
  receivedAtMs: 0,
  startedAtMs: 0,
  cancellation: new Cancellation(),
  apiKey: API_KEY,
  workspace: API_KEY.workspace,
  metadata: {},
  gatewayKey: new Secret('pk-test'),
  callerCredential: undefined,
  route,
  config: { slug: 'pc-1', version: 'v1' },
  providerFromRequest: false,
  prompts: undefined,
  ...rest,
  headers: readClientHeaders(rest.headers ?? {}),
});

/** A condition of a conditional group. */
export const when = (query: object, target: string): object =>
  Object.fromEntries([
    ['query', query],
    ['then', target],
  ]);
