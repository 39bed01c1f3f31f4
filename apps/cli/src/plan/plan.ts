import { nearestName } from '@portolan/config-schema';
import type { JsonObject } from '../json.ts';
import { type Kind, kindWord, rankOf } from '../manifest/kinds.ts';
import { referencesIn } from '../manifest/references.ts';
import { type Compared, type CompareOptions, compare } from './comparable.ts';
import { type Current, keyOf, type ObjectRef, type Wanted } from './object.ts';
import { type Handles, handlesOf, namedObjects, resolved } from './resolve.ts';

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

/** What can only be set once everything else of the workspace is there. */
const LATE: Partial<Record<Kind, readonly string[]>> = { Workspace: ['defaults'] };

const pick = (spec: JsonObject, keep: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => keep(name)));

/** A wanted object as what is made of it first, and what is set last. */
const split = (wanted: Wanted): readonly (Wanted & { readonly isLate: boolean })[] => {
  const late = LATE[wanted.kind] ?? [];
  const early = { ...wanted, spec: pick(wanted.spec, (name) => !late.includes(name)), isLate: false };
  const rest = pick(wanted.spec, (name) => late.includes(name));
  return Object.keys(rest).length === 0 ? [early] : [early, { ...wanted, spec: rest, isLate: true }];
};

const duplicates = (objects: readonly ObjectRef[]): readonly ObjectRef[] => {
  const seen = new Set<string>();
  return objects.filter((object) => {
    const key = keyOf(object);
    const isAgain = seen.has(key);
    seen.add(key);
    return isAgain;
  });
};

const twiceProblems = (wanted: readonly Wanted[], current: readonly Current[]): readonly string[] => {
  const wantedKeys = new Set(wanted.map(keyOf));
  return [
    ...duplicates(wanted).map(({ kind, name }) => `${kind} "${name}" is described twice`),
    ...duplicates(current)
      .filter((object) => wantedKeys.has(keyOf(object)))
      .map(({ kind, name }) => `${kind} "${name}": the platform has several of this name; rename all but one there`),
  ];
};

const danglingProblems = (wanted: readonly Wanted[], current: readonly Current[]): readonly string[] => {
  const known = [...wanted, ...current];
  const keys = new Set(known.map(keyOf));
  return wanted.flatMap(({ kind, name, workspace, spec, where }) =>
    // A workspace's defaults name what stands in it.
    namedObjects(spec, kind === 'Workspace' ? name : workspace).flatMap((target) => {
      if (keys.has(keyOf(target))) return [];
      const names = known.filter((each) => each.kind === target.kind && each.workspace === target.workspace);
      const nearest = nearestName(
        target.name,
        names.map((each) => each.name),
      );
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      return [
        `${where}: ${kind} "${name}" names the ${kindWord(target.kind)} "${target.name}", which is neither in the files nor there${hint}`,
      ];
    }),
  );
};

const fixedProblems = (action: Action): readonly string[] =>
  action.verb !== 'update'
    ? []
    : action.changes
        .filter(({ comparison }) => comparison === 'fixed')
        .map(
          ({ name }) =>
            `${action.wanted.where}: ${action.kind} "${action.name}": ${name} cannot be changed; delete it first`,
        );

/** Collections stand in each other: the outer one is made first. */
const depthOf = (wanted: Wanted, all: ReadonlyMap<string, Wanted>, seen: ReadonlySet<string> = new Set()): number => {
  const key = keyOf(wanted);
  if (wanted.kind !== 'Collection' || seen.has(key)) return 0;
  const parents = namedObjects(wanted.spec, wanted.workspace).flatMap((object) => all.get(keyOf(object)) ?? []);
  return Math.max(0, ...parents.map((parent) => 1 + depthOf(parent, all, new Set([...seen, key]))));
};

const ordered = (wanted: readonly Wanted[]): readonly (Wanted & { readonly isLate: boolean })[] => {
  const all = new Map(wanted.map((each) => [keyOf(each), each]));
  const place = (each: Wanted & { readonly isLate: boolean }) =>
    (each.isLate ? 1_000_000 : rankOf(each.kind) * 1_000) + Math.min(depthOf(each, all), 999);
  return wanted.flatMap(split).toSorted((a, b) => place(a) - place(b));
};

const actionOf = (
  { isLate, ...wanted }: Wanted & { readonly isLate: boolean },
  current: ReadonlyMap<string, Current>,
  handles: Handles,
  options: CompareOptions,
): Action => {
  const { kind, name, workspace } = wanted;
  const there = current.get(keyOf(wanted));
  const spec = resolved(wanted.spec, kind === 'Workspace' ? name : workspace, handles);
  const changes = compare(kind, spec, there?.spec, options).filter(({ isSame }) => !isSame);
  const step = { kind, name, workspace, changes, wanted };
  if (there === undefined)
    return isLate ? { ...step, verb: 'update', current: undefined } : { ...step, verb: 'create' };
  const isChanged = changes.some(({ comparison }) => comparison !== 'note');
  return { ...step, verb: isChanged ? 'update' : 'keep', current: there };
};

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

const pruned = ({ current, wanted, pruneKinds }: PlanInput): readonly Action[] => {
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

/** What to do so that the platform has what the files describe. Knows nothing but its arguments. */
export const plan = (input: PlanInput): Plan => {
  const { current, wanted } = input;
  const handles = handlesOf(current);
  const byKey = new Map(current.map((object) => [keyOf(object), object]));
  const actions = ordered(wanted).map((each) => actionOf(each, byKey, handles, input));
  const problems = [
    ...twiceProblems(wanted, current),
    ...danglingProblems(wanted, current),
    ...actions.flatMap(fixedProblems),
  ];
  return { actions: [...actions, ...pruned(input)], problems };
};

/** What a plan would change. */
export const changesIn = (actions: readonly Action[]): readonly Action[] =>
  actions.filter(({ verb }) => verb !== 'keep');
