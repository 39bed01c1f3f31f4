import type { JsonObject } from '../json.ts';
import type { Document } from '../manifest/document.ts';
import type { Kind } from '../manifest/kinds.ts';

/** Which object: a kind and a name, in a workspace (or in none: workspaces themselves, and keys of the organization). */
export interface ObjectRef {
  readonly kind: Kind;
  readonly name: string;
  /** How this run calls the workspace; '' for none. */
  readonly workspace: string;
}

/** An object that the platform has. */
export interface Current extends ObjectRef {
  readonly id: string;
  readonly slug: string;
  /** What others name it by: a slug, or an id where there are none. */
  readonly handle: string;
  /** In the words of the files; empty where nobody needs it. */
  readonly spec: JsonObject;
  /** Why it is never deleted by us, if so. */
  readonly keptBecause?: string;
}

/** An object that a file describes. */
export interface Wanted extends ObjectRef {
  readonly spec: JsonObject;
  readonly where: string;
  readonly folder: string;
}

/** How a run calls the place of what stands in no workspace; no workspace can have this name. */
export const ORGANISATION = ' organisation';

export const keyOf = ({ kind, workspace, name }: ObjectRef): string => JSON.stringify([workspace, kind, name]);

export const toWanted = (document: Document, workspace: string): Wanted => ({
  kind: document.kind,
  name: document.name,
  workspace,
  spec: document.spec,
  where: document.where,
  folder: document.folder,
});
