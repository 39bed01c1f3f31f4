export { type Choice, chooseTarget } from './choose-target.ts';
export {
  INVALID_CONFIG_MESSAGE,
  LEGACY_FORMAT_MESSAGE,
  type ParsedConfig,
  type ParseOptions,
  parseConfig,
} from './config.ts';
export type { Json, JsonObject } from './json.ts';
export { configJsonSchema } from './json-schema.ts';
export { type ConfigLimits, DEFAULT_CONFIG_LIMITS } from './limits.ts';
export { slugOfProvider, splitModel } from './model-slug.ts';
export { shapeBody } from './params-shaping.ts';
export { isSupportedPattern, type PatternTest, patternPool } from './pattern.ts';
export { planConfig } from './plan.ts';
export { PROVIDER_NAMES } from './provider-names.ts';
export { toSettings } from './provider-settings.ts';
export { type CompiledQuery, evaluateQuery, type Facts } from './query.ts';
export type { ConfigSource } from './relax.ts';
export {
  type CachePolicy,
  type Check,
  type CircuitBreaker,
  type Condition,
  type Hook,
  hasProviderSignal,
  leaves,
  type Policy,
  type Retry,
  type RouteGroup,
  type RouteLeaf,
  type RouteNode,
  type Sticky,
  type StrategyMode,
  slugsIn,
  type Target,
} from './route.ts';
export { nearestName } from './spelling.ts';
export type { Config } from './target.ts';
