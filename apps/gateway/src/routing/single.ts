import type { Strategy } from './strategy.ts';

/** The first target, whatever comes of it. */
export const single: Strategy = function* (group) {
  const [first] = group.children;
  if (first !== undefined) yield first;
};
