import type { Facts } from './query.ts';
import type { RouteGroup } from './route.ts';

export type Choice = { readonly ok: true; readonly index: number } | { readonly ok: false; readonly message: string };

const refused = (message: string): Choice => ({ ok: false, message });

/**
 * Which child of a conditional group a call takes: that of the first condition that holds, else the default.
 * @returns  the child's index, or the public text of a 400 that ends the whole call
 */
export const chooseTarget = (group: RouteGroup, facts: Facts): Choice => {
  const conditions = group.conditions ?? [];
  if (conditions.length === 0) return refused('No conditions passed in the query router');
  for (const { compiled, then } of conditions) {
    if (compiled.unsupportedOperator !== undefined)
      return refused(`Unsupported operator used in the query router: ${compiled.unsupportedOperator}`);
    if (compiled.holds(facts)) return named(group, then);
  }
  return group.defaultTarget === undefined
    ? refused('Query router did not resolve to any valid target')
    : named(group, group.defaultTarget);
};

const named = (group: RouteGroup, name: string): Choice => {
  const index = group.children.findIndex((child) => child.name === name);
  return index === -1 ? refused(`Invalid target name found in the query router: ${name}`) : { ok: true, index };
};
