import { rankOf } from '../manifest/kinds.ts';
import { referencesIn } from '../manifest/references.ts';
import type { Action, PlanInput } from './action.ts';
import { type Current, keyOf, type Wanted } from './object.ts';

/** What files name without describing it: taking that away would break what they describe. */
const isNamedBy = (wanted: readonly Wanted[]): ((object: Current) => boolean) => {
  const named = new Set(
    wanted.flatMap(({ kind, name, workspace, spec }) =>
      referencesIn(spec).map((reference) =>
        JSON.stringify([kind === 'Workspace' ? name : workspace, reference.kind, reference.by, reference.text]),
      ),
    ),
  );
  return ({ workspace, kind, name, slug, id }) =>
    named.has(JSON.stringify([workspace, kind, 'name', name])) ||
    [slug, id].some((handle) => named.has(JSON.stringify([workspace, kind, 'handle', handle])));
};

/** What no file describes or names, of the kinds that belong to the files alone; what names others goes first. */
export const pruned = ({ current, wanted, pruneKinds }: PlanInput): readonly Action[] => {
  const keys = new Set(wanted.map(keyOf));
  const isNamed = isNamedBy(wanted);
  return current
    .filter(
      (object) =>
        pruneKinds.includes(object.kind) &&
        object.keptBecause === undefined &&
        !keys.has(keyOf(object)) &&
        !isNamed(object),
    )
    .toSorted((a, b) => rankOf(b.kind) - rankOf(a.kind))
    .map(({ kind, name, workspace, ...rest }) => ({
      verb: 'delete',
      kind,
      name,
      workspace,
      changes: [],
      current: { kind, name, workspace, ...rest },
    }));
};
