import type { Api } from '../http/api.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { Current } from '../plan/object.ts';

/** Where objects of files live. */
export interface Place {
  /** Undefined: the workspace that the key belongs to, which need not be named. */
  readonly workspaceId: string | undefined;
  /** The key that asks, as the platform knows it. */
  readonly ownKeyId: string | undefined;
  /** Ids of labels by their names. */
  labels(): Promise<ReadonlyMap<string, string>>;
}

export interface Listed {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly handle: string;
  readonly keptBecause?: string;
  /** As the list has it. */
  readonly item: JsonObject;
}

export type Made = Pick<Listed, 'id' | 'slug' | 'handle'> & {
  /** A new API key: shown this once. */
  readonly secret?: string;
};

/** A change to an object that is there. */
export interface Change {
  readonly current: Pick<Current, 'id' | 'slug' | 'spec'>;
  /** The fields that differ, and notes that go along; everything that they name is resolved. */
  readonly fields: JsonObject;
}

/** One kind of object over the management API: the only place that knows its routes. */
export interface KindAdapter {
  list(api: Api, place: Place): Promise<readonly Listed[]>;
  /** What the platform has, in the words of the files. */
  spec(api: Api, listed: Listed, place: Place): Promise<JsonObject>;
  create(api: Api, place: Place, name: string, spec: JsonObject): Promise<Made>;
  update(api: Api, place: Place, change: Change): Promise<void>;
  remove(api: Api, current: Pick<Current, 'id' | 'slug' | 'name'>): Promise<void>;
}

export const workspaceOf = ({ workspaceId }: Pick<Place, 'workspaceId'>): { readonly workspace_id?: string } =>
  workspaceId === undefined ? {} : { workspace_id: workspaceId };

/** @param handle  the field that others name it by */
export const listedOf =
  (handle: 'id' | 'slug') =>
  (item: JsonObject): Listed => ({
    id: textOf(item, 'id'),
    slug: textOf(item, 'slug') || textOf(item, 'id'),
    name: textOf(item, 'name'),
    handle: textOf(item, handle),
    item,
  });

export const madeOf = (answer: JsonObject, handle: 'id' | 'slug'): Made => ({
  id: textOf(answer, 'id'),
  slug: textOf(answer, 'slug') || textOf(answer, 'id'),
  handle: textOf(answer, handle),
});

/** The named fields of an answer, as far as it has them. */
export const fieldsOf = (answer: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => answer[name] !== undefined).map((name) => [name, answer[name]]));

export const isActive = ({ status }: JsonObject): boolean => status !== 'archived';
