import { Refused } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { kindWord } from '../manifest/kinds.ts';
import { type Reference, replaceReferences } from '../manifest/references.ts';
import { type Current, keyOf, type ObjectRef } from './object.ts';

/** How this run finds what objects name: by name, and by every slug and id. */
export interface Handles {
  find(reference: Reference, workspace: string): string | undefined;
}

const aliasKey = (workspace: string, { kind, text }: Pick<Reference, 'kind' | 'text'>): string =>
  JSON.stringify([workspace, kind, text]);

/** @param current  everything that may be named */
export const handlesOf = (current: readonly Current[]): Handles => {
  const byName = new Map(current.map((object) => [keyOf(object), object.handle]));
  const byAlias = new Map(
    current.flatMap(({ workspace, kind, id, slug, handle }) =>
      [id, slug].map((text): [string, string] => [aliasKey(workspace, { kind, text }), handle]),
    ),
  );
  return {
    find: ({ kind, by, text }, workspace) =>
      by === 'name'
        ? byName.get(keyOf({ kind, name: text, workspace }))
        : byAlias.get(aliasKey(workspace, { kind, text })),
  };
};

/** Stands for a handle that is known once the object is made. */
export const pendingHandle = ({ kind, text }: Reference): string => `(${kindWord(kind)} "${text}", once it is there)`;

/** A spec with handles for everything it names. What is not there yet is told of in words. */
export const resolved = (spec: JsonObject, workspace: string, handles: Handles): JsonObject =>
  replaceReferences(spec, (reference) => {
    const handle = handles.find(reference, workspace);
    if (handle !== undefined) return handle;
    return reference.by === 'name' ? pendingHandle(reference) : reference.text;
  });

/** … for the call itself, when everything has to be there. @throws Refused  naming what is not */
export const resolvedForCall = (spec: JsonObject, workspace: string, handles: Handles): JsonObject =>
  replaceReferences(spec, (reference) => {
    const handle = handles.find(reference, workspace);
    if (handle === undefined && reference.by === 'name') {
      throw new Refused(
        `The ${kindWord(reference.kind)} "${reference.text}" is not there yet: do objects name each other?`,
      );
    }
    return handle ?? reference.text;
  });

/** The objects that a spec names, by name. */
export const namedObjects = (spec: JsonObject, workspace: string): readonly ObjectRef[] => {
  const found: ObjectRef[] = [];
  replaceReferences(spec, (reference) => {
    if (reference.by === 'name') found.push({ kind: reference.kind, name: reference.text, workspace });
    return reference.text;
  });
  return found;
};
