import { nearestName } from '@portolan/config-schema';
import { kindWord } from '../manifest/kinds.ts';
import type { Action } from './action.ts';
import { type Current, keyOf, type ObjectRef, type Wanted } from './object.ts';
import { namedObjects } from './resolve.ts';

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

/** Why a plan cannot be carried out: found before anything is done. */
export const planProblems = (
  wanted: readonly Wanted[],
  current: readonly Current[],
  actions: readonly Action[],
): readonly string[] => [
  ...twiceProblems(wanted, current),
  ...danglingProblems(wanted, current),
  ...actions.flatMap(fixedProblems),
];
