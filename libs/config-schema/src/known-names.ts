import { cache } from './cache.ts';
import { circuitBreaker } from './circuit-breaker.ts';
import { hook } from './guardrail.ts';
import { deployment } from './provider-settings.ts';
import { retry } from './retry.ts';
import { condition, sticky, strategy } from './strategy.ts';
import { configNode } from './target.ts';

const NODE = Object.keys(configNode.shape);

/** Field names by the object they may stand in. */
const BENEATH: Readonly<Record<string, readonly string[]>> = {
  targets: NODE,
  strategy: Object.keys(strategy.shape),
  conditions: Object.keys(condition.shape),
  sticky: Object.keys(sticky.shape),
  retry: Object.keys(retry.shape),
  cache: Object.keys(cache.shape),
  cb_config: Object.keys(circuitBreaker.shape),
  deployments: Object.keys(deployment.shape),
};

/** Names an object at this place may have. */
export const namesAt = (path: readonly PropertyKey[]): readonly string[] => {
  const holder = path.findLast((segment) => typeof segment === 'string');
  return (typeof holder === 'string' ? BENEATH[holder] : NODE) ?? NODE;
};

/** Every field name there is, for spelling. */
export const ALL_NAMES: readonly string[] = [
  ...new Set([...NODE, ...Object.values(BENEATH).flat(), ...Object.keys(hook.shape), 'is_enabled', 'parameters']),
];
