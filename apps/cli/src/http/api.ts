import type { JsonObject } from '../json.ts';

export type Query = Readonly<Record<string, string | undefined>>;

/** The management API, as commands use it. Paths are without `/v1`; every failure is an `ApiFailure`. */
export interface Api {
  get(path: string, query?: Query): Promise<JsonObject>;
  /** Every item of a list, page by page. */
  list(path: string, query?: Query): Promise<readonly JsonObject[]>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: JsonObject, query?: Query): Promise<JsonObject>;
}

/** A path with what callers gave in it, so that no name can leave its place. */
export const path = (parts: TemplateStringsArray, ...names: readonly string[]): string =>
  parts.map((part, at) => part + (names[at] === undefined ? '' : encodeURIComponent(names[at]))).join('');
