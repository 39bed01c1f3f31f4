import { hasVertexPlace, isMeaningful } from './combinations.ts';
import type { Problem } from './messages.ts';
import { patternPool } from './pattern.ts';
import { compileQuery } from './query.ts';
import type { ConfigSource } from './relax.ts';
import { nearestName } from './spelling.ts';
import type { Config } from './target.ts';

interface Setting {
  readonly source: ConfigSource;
  readonly providerNames: ReadonlySet<string>;
}

/** One rule about a node whose shape is right; each says what is wrong beneath that node's path. */
type Rule = (node: Config, setting: Setting) => readonly Problem[];

const MEANINGLESS =
  "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', " +
  "or 'cache', or 'retry', or 'request_timeout'";

const none: readonly Problem[] = [];
const problem = (path: readonly PropertyKey[], message: string): readonly Problem[] => [{ path, message }];

const providerIsKnown: Rule = ({ provider }, { providerNames }) => {
  if (provider === undefined || providerNames.has(provider)) return none;
  if (provider.startsWith('@'))
    return /^@[^/]/.test(provider) ? none : problem(['provider'], "Invalid 'provider' value. A slug must follow '@'.");
  const meant = nearestName(provider, [...providerNames]);
  const hint = meant === undefined ? "Name a known provider, or '@' and a slug." : `Did you mean '${meant}'?`;
  return problem(['provider'], `Invalid 'provider' value. ${hint}`);
};

const strategyHasTargets: Rule = ({ strategy, targets }) => {
  if (strategy !== undefined && targets === undefined)
    return problem(['targets'], "'targets' is required beside 'strategy'.");
  if (strategy === undefined && targets !== undefined)
    return problem(['strategy'], "'strategy' is required beside 'targets'.");
  return none;
};

const nodeIsMeaningful: Rule = (node) => {
  const isHalfGroup = (node.strategy === undefined) !== (node.targets === undefined);
  return isHalfGroup || isMeaningful(node) ? none : problem([], MEANINGLESS);
};

const vertexHasPlace: Rule = (node) =>
  node.provider !== 'vertex-ai' || hasVertexPlace(node)
    ? none
    : problem(
        [],
        "Provider 'vertex-ai' needs 'vertex_region' and either 'vertex_project_id' or 'vertex_service_account_json'.",
      );

const someWeightIsLeft: Rule = ({ strategy, targets = [] }) =>
  strategy?.mode === 'loadbalance' && targets.length > 0 && targets.every((target) => target.weight === 0)
    ? problem(['targets'], "At least one target must have a 'weight' above 0.")
    : none;

/** A doubled name is an error where it could pick the wrong target; a saved config keeps its names apart anywhere. */
const namesDiffer: Rule = ({ strategy, targets = [] }, { source }) => {
  if (source === 'inline' && strategy?.mode !== 'conditional') return none;
  const seen = new Set<string>();
  return targets.flatMap(({ name }, index) => {
    if (name === undefined) return [];
    const isTaken = seen.has(name);
    seen.add(name);
    return isTaken ? problem(['targets', index, 'name'], "'name' must be unique among its siblings.") : [];
  });
};

const savedConditionalIsComplete: Rule = ({ strategy }, { source }) => {
  if (source !== 'saved' || strategy?.mode !== 'conditional') return none;
  const { conditions = [], default: fallback } = strategy;
  return [
    ...(conditions.length === 0
      ? problem(['strategy', 'conditions'], "'conditions' is required by mode 'conditional'.")
      : none),
    ...(fallback === undefined
      ? problem(['strategy', 'default'], "'default' is required by mode 'conditional'.")
      : none),
  ];
};

const savedConditionsNameTargets: Rule = ({ strategy, targets = [] }, { source }) => {
  if (source !== 'saved' || strategy?.mode !== 'conditional') return none;
  const names = targets.flatMap((target) => target.name ?? []);
  const check = (name: string | undefined, path: readonly PropertyKey[]): readonly Problem[] => {
    if (name === undefined || names.includes(name)) return none;
    const meant = nearestName(name, names);
    const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    return problem(['strategy', ...path], `'${String(path.at(-1))}' must be the 'name' of a target.${hint}`);
  };
  return [
    ...(strategy.conditions ?? []).flatMap((condition, index) => check(condition.then, ['conditions', index, 'then'])),
    ...check(strategy.default, ['default']),
  ];
};

const savedQueriesAreKnown: Rule = ({ strategy }, { source }) => {
  if (source !== 'saved' || strategy?.conditions === undefined) return none;
  const pool = patternPool();
  return strategy.conditions.flatMap(({ query }, index) => {
    const { unsupportedOperator } = compileQuery(query, pool);
    if (unsupportedOperator === undefined) return [];
    const operator = unsupportedOperator.slice(0, 64);
    return problem(['strategy', 'conditions', index, 'query'], `Unsupported operator '${operator}'.`);
  });
};

const savedBreakerHasCooldown: Rule = ({ cb_config, strategy }, { source }) => {
  if (source !== 'saved') return none;
  const missing = "'cooldown_interval' is required.";
  return [
    ...(cb_config !== undefined && cb_config.cooldown_interval === undefined
      ? problem(['cb_config', 'cooldown_interval'], missing)
      : none),
    ...(strategy?.cb_config !== undefined && strategy.cb_config.cooldown_interval === undefined
      ? problem(['strategy', 'cb_config', 'cooldown_interval'], missing)
      : none),
  ];
};

/** An inline one is judged when it is called, with its own public error. */
const savedHostIsUrl: Rule = ({ custom_host }, { source }) => {
  if (source !== 'saved' || custom_host === undefined || custom_host === '') return none;
  const isWeb = URL.canParse(custom_host) && /^https?:\/\/[^@]+$/i.test(custom_host);
  return isWeb ? none : problem(['custom_host'], 'Invalid custom host');
};

const RULES: readonly Rule[] = [
  providerIsKnown,
  strategyHasTargets,
  nodeIsMeaningful,
  vertexHasPlace,
  someWeightIsLeft,
  namesDiffer,
  savedConditionalIsComplete,
  savedConditionsNameTargets,
  savedQueriesAreKnown,
  savedBreakerHasCooldown,
  savedHostIsUrl,
];

/** Everything wrong with a config of the right shape, root first. */
export const ruleProblems = (node: Config, setting: Setting, path: readonly PropertyKey[] = []): readonly Problem[] => [
  ...RULES.flatMap((rule) => rule(node, setting)).map((found) => ({ ...found, path: [...path, ...found.path] })),
  ...(node.targets ?? []).flatMap((target, index) => ruleProblems(target, setting, [...path, 'targets', index])),
];
