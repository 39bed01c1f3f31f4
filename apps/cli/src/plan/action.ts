import type { Kind } from '../manifest/kinds.ts';
import type { Compared, CompareOptions } from './comparable.ts';
import type { Current, ObjectRef, Wanted } from './object.ts';

interface Step extends ObjectRef {
  /** What the file says of each field, beside what is there; only fields that differ. */
  readonly changes: readonly Compared[];
}

/** One thing to do, or to leave as it is. */
export type Action =
  | (Step & { readonly verb: 'create'; readonly wanted: Wanted })
  | (Step & { readonly verb: 'update'; readonly wanted: Wanted; readonly current: Current | undefined })
  | (Step & { readonly verb: 'keep'; readonly wanted: Wanted; readonly current: Current })
  | (Step & { readonly verb: 'delete'; readonly current: Current });

export interface PlanInput extends CompareOptions {
  readonly current: readonly Current[];
  readonly wanted: readonly Wanted[];
  /** Objects of these kinds that no file names are deleted. */
  readonly pruneKinds: readonly Kind[];
}

export interface Plan {
  /** In the order in which they can be done. */
  readonly actions: readonly Action[];
  /** Why it cannot be done at all. */
  readonly problems: readonly string[];
}

/** What a plan would change. */
export const changesIn = (actions: readonly Action[]): readonly Action[] =>
  actions.filter(({ verb }) => verb !== 'keep');
