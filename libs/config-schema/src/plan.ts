import { toCachePolicy } from './cache.ts';
import { toCircuitBreaker } from './circuit-breaker.ts';
import { toHooks } from './guardrail.ts';
import { deepFreeze, type JsonObject } from './json.ts';
import { slugOfProvider, splitModel } from './model-slug.ts';
import { type PatternPool, patternPool } from './pattern.ts';
import { toSettings } from './provider-settings.ts';
import { compileQuery } from './query.ts';
import { toRetry } from './retry.ts';
import type { CircuitBreaker, Policy, RouteGroup, RouteLeaf, RouteNode, Target } from './route.ts';
import { toSticky } from './strategy.ts';
import type { Config } from './target.ts';

/**
 * Works out inheritance once, so that routing only has to read.
 * @param config  as `parseConfig` returns it; copied, never changed
 * @returns       a deeply frozen tree
 */
export const planConfig = (config: Config): RouteNode =>
  deepFreeze(planNode(structuredClone(config), NOTHING_INHERITED, 'config', patternPool()));

const NOTHING_INHERITED: Policy = {
  overrideParams: {},
  defaultParams: {},
  dropParams: [],
  forwardHeaders: [],
  strict: true,
  beforeRequestHooks: [],
  afterRequestHooks: [],
};

const planNode = (node: Config, inherited: Policy, path: string, pool: PatternPool): RouteNode => {
  const policy = inherit(node, inherited);
  return node.strategy === undefined || node.targets === undefined
    ? planLeaf(node, policy, path)
    : planGroup(node, node.strategy, node.targets, policy, path, pool);
};

/** A node's own word where it has one, else that of its ancestors. */
const inherit = (node: Config, from: Policy): Policy => ({
  overrideParams: { ...from.overrideParams, ...node.override_params },
  defaultParams: { ...from.defaultParams, ...node.default_params },
  dropParams: unlessEmpty(node.drop_params) ?? from.dropParams,
  retry: node.retry === undefined ? from.retry : toRetry(node.retry),
  cache: node.cache === undefined ? from.cache : toCachePolicy(node.cache),
  requestTimeoutMs: node.request_timeout ?? from.requestTimeoutMs,
  totalTimeoutMs: node.total_timeout ?? from.totalTimeoutMs,
  firstTokenTimeoutMs: node.first_token_timeout ?? from.firstTokenTimeoutMs,
  streamIdleTimeoutMs: node.stream_idle_timeout ?? from.streamIdleTimeoutMs,
  customHost: node.custom_host || from.customHost,
  forwardHeaders: unlessEmpty(node.forward_headers) ?? from.forwardHeaders,
  strict: node.strict_open_ai_compliance ?? from.strict,
  circuitBreaker: breakerOf(node, from.circuitBreaker),
  beforeRequestHooks: unlessEmpty(beforeHooks(node)) ?? from.beforeRequestHooks,
  afterRequestHooks: unlessEmpty(afterHooks(node)) ?? from.afterRequestHooks,
});

const unlessEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

const beforeHooks = (node: Config) =>
  toHooks('before', {
    hooks: node.before_request_hooks,
    guardrails: node.input_guardrails,
    mutators: node.input_mutators,
  });

const afterHooks = (node: Config) =>
  toHooks('after', {
    hooks: node.after_request_hooks,
    guardrails: node.output_guardrails,
    mutators: node.output_mutators,
  });

/** A conditional group neither uses a breaker nor passes one on. */
const breakerOf = (node: Config, inherited: CircuitBreaker | undefined): CircuitBreaker | undefined => {
  if (node.strategy?.mode === 'conditional') return undefined;
  const own = node.strategy?.cb_config ?? node.cb_config;
  return own === undefined ? inherited : toCircuitBreaker(own);
};

const planLeaf = (node: Config, policy: Policy, path: string): RouteLeaf => {
  const target = targetOf(node, policy.overrideParams);
  return {
    kind: 'leaf',
    path,
    name: node.name,
    weight: node.weight ?? 1,
    target,
    policy: {
      ...policy,
      overrideParams: withBareModel(policy.overrideParams),
      defaultParams: withBareModel(policy.defaultParams),
      circuitBreaker: target.slug === undefined ? undefined : policy.circuitBreaker,
    },
  };
};

/** First of: provider `@slug`, virtual key, model `@slug/…`. */
const targetOf = (node: Config, overrideParams: JsonObject): Target => {
  const provider = node.provider ?? '';
  const { model } = overrideParams;
  const slugOfModel = typeof model === 'string' ? splitModel(model).slug : undefined;
  return {
    provider: provider === '' || provider.startsWith('@') ? undefined : provider,
    slug: slugOfProvider(provider) ?? (node.virtual_key || slugOfModel),
    apiKey: node.api_key || undefined,
    passthrough: node.passthrough ?? false,
    promptId: node.prompt_id,
    settings: toSettings(node),
  };
};

const withBareModel = (params: JsonObject): JsonObject => {
  const { model } = params;
  if (typeof model !== 'string') return params;
  const bare = splitModel(model).model;
  return bare === model ? params : { ...params, model: bare };
};

const planGroup = (
  node: Config,
  strategy: NonNullable<Config['strategy']>,
  targets: readonly Config[],
  policy: Policy,
  path: string,
  pool: PatternPool,
): RouteGroup => {
  const { mode } = strategy;
  return {
    kind: 'group',
    path,
    name: node.name,
    weight: node.weight ?? 1,
    mode,
    onStatusCodes: mode === 'fallback' ? (strategy.on_status_codes ?? node.on_status_codes) : undefined,
    conditions:
      mode === 'conditional'
        ? strategy.conditions?.map((condition) => ({ ...condition, compiled: compileQuery(condition.query, pool) }))
        : undefined,
    defaultTarget: mode === 'conditional' ? strategy.default : undefined,
    sticky: mode === 'loadbalance' ? toSticky(strategy.sticky) : undefined,
    circuitBreaker: policy.circuitBreaker,
    children: targets.map((target, index) => planNode(target, policy, `${path}.targets[${index}]`, pool)),
  };
};
