import type { RouteGroup, RouteNode } from '@portolan/config-schema';
import { stickyKey } from './sticky.ts';
import type { RoutingContext, Strategy } from './strategy.ts';

/** One weighted draw; no second one within the group. A sticky group remembers who was drawn for whom. */
export const loadBalance: Strategy = function* (group, context) {
  const key = stickyKey(group, context.call);
  const candidates = weighted(group, context);
  const remembered = key === undefined ? undefined : context.sticky.get(key);
  const known = candidates.find((child) => group.children.indexOf(child) === remembered && child.weight > 0);
  if (known !== undefined) {
    yield known;
    return;
  }
  const drawn = draw(candidates, context.random());
  if (drawn === undefined) return;
  if (key !== undefined) context.sticky.set(key, group.children.indexOf(drawn), group.sticky?.ttlSeconds ?? 0);
  yield drawn;
};

/** Weight 0 is drained. When only drained targets are left behind open breakers, the breakers are ignored. */
const weighted = (group: RouteGroup, context: RoutingContext): readonly RouteNode[] => {
  const eligible = context.eligible(group);
  return eligible.some((child) => child.weight > 0) ? eligible : group.children;
};

/** @param at  uniform in [0, 1) */
export const draw = (candidates: readonly RouteNode[], at: number): RouteNode | undefined => {
  const total = candidates.reduce((sum, child) => sum + child.weight, 0);
  let left = at * total;
  for (const child of candidates) {
    if (child.weight > 0 && left < child.weight) return child;
    left -= child.weight;
  }
  return candidates.findLast((child) => child.weight > 0);
};
