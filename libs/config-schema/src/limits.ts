import { isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Problem } from './messages.ts';

/** How large a config may grow. A deployment sets the first three. */
export interface ConfigLimits {
  readonly maxRootTargets: number;
  /** Instead of the above when the root strategy is conditional. */
  readonly maxConditionalRootTargets: number;
  /** All targets below one root target. */
  readonly maxNestedTargets: number;
}

export const DEFAULT_CONFIG_LIMITS: ConfigLimits = Object.freeze({
  maxRootTargets: 100,
  maxConditionalRootTargets: 1000,
  maxNestedTargets: 50,
});

/** Steps of `targets[i]` from the root to the deepest leaf. */
export const MAX_TARGET_DEPTH = 8;

const targetsOf = (node: Json): readonly Json[] => {
  const targets = isObject(node) ? own(node, 'targets') : undefined;
  return isArray(targets) ? targets : [];
};

/** Looks at sizes only, before anything walks the tree for its meaning. */
export const limitProblems = (root: JsonObject, limits: ConfigLimits): readonly Problem[] => {
  const targets = targetsOf(root);
  const strategy = own(root, 'strategy');
  const isConditional = isObject(strategy) && own(strategy, 'mode') === 'conditional';
  const most = isConditional ? limits.maxConditionalRootTargets : limits.maxRootTargets;
  if (targets.length > most)
    return [{ path: ['targets'], message: `'targets' must have at most ${most} entries at the root.` }];
  return targets.flatMap((target, index) => subtreeProblems(target, ['targets', index], limits));
};

const subtreeProblems = (target: Json, path: readonly PropertyKey[], limits: ConfigLimits): readonly Problem[] => {
  if (isTooDeep(target, MAX_TARGET_DEPTH - 1))
    return [{ path, message: `Targets may be nested ${MAX_TARGET_DEPTH} levels deep at most.` }];
  if (descendants(target) > limits.maxNestedTargets)
    return [{ path, message: `A root target may hold at most ${limits.maxNestedTargets} nested targets.` }];
  return [];
};

const isTooDeep = (node: Json, stepsLeft: number): boolean => {
  const targets = targetsOf(node);
  if (targets.length === 0) return false;
  return stepsLeft === 0 || targets.some((target) => isTooDeep(target, stepsLeft - 1));
};

const descendants = (node: Json): number =>
  targetsOf(node).reduce((total: number, target) => total + 1 + descendants(target), 0);
