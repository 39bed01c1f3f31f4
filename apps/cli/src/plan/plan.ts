import type { JsonObject } from '../json.ts';
import { type Kind, rankOf } from '../manifest/kinds.ts';
import type { Action, Plan, PlanInput } from './action.ts';
import { type CompareOptions, compare } from './comparable.ts';
import { type Current, keyOf, type Wanted } from './object.ts';
import { planProblems } from './problems.ts';
import { pruned } from './prune.ts';
import { type Handles, handlesOf, namedObjects, resolved } from './resolve.ts';

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

/** What to do so that the platform has what the files describe. Knows nothing but its arguments. */
export const plan = (input: PlanInput): Plan => {
  const { current, wanted } = input;
  const handles = handlesOf(current);
  const byKey = new Map(current.map((object) => [keyOf(object), object]));
  const actions = ordered(wanted).map((each) => actionOf(each, byKey, handles, input));
  const problems = planProblems(wanted, current, actions);
  return { actions: [...actions, ...pruned(input)], problems };
};
