import type { Scope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { namedBy } from '../../../access/named.ts';
import {
  type CollectionRow,
  findCollection,
  findDefaultCollection,
  lockCollection,
} from '../../../store/collections.ts';
import type { Call } from '../../call.ts';

/** The collection that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const collectionOfPath = async (sql: Sql, call: Call, scope: Scope): Promise<CollectionRow> => {
  const collection = await findCollection(sql, namedBy(call, call.params.collection ?? ''));
  if (collection === undefined) throw notFound('collection');
  await authorize(sql, call, [scope], { workspaceId: collection.workspace_id, named: 'object' });
  return collection;
};

const noSuch = (param: string): PlatformError =>
  new PlatformError('not_found', { public: `${param}: There is no such collection.`, param });

/** A collection that a query or body names, which the caller may see. @throws PlatformError 404, 403 */
export const collectionOfField = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  ref: string,
  param = 'collection_id',
): Promise<CollectionRow> => {
  const collection = await findCollection(sql, namedBy(call, ref));
  if (collection === undefined) throw noSuch(param);
  await authorize(sql, call, [scope], { workspaceId: collection.workspace_id, named: 'object' });
  return collection;
};

/** Keeps a collection from being removed until what is put into it is stored. @throws PlatformError 404 when it is gone */
export const useCollection = async (tx: Sql, id: string, param = 'collection_id'): Promise<void> => {
  if (!(await lockCollection(tx, id, 'use'))) throw noSuch(param);
};

/** Where things of a workspace go that name no collection. */
export const defaultCollection = async (sql: Sql, workspaceId: string): Promise<CollectionRow> => {
  const collection = await findDefaultCollection(sql, workspaceId);
  if (collection === undefined) throw new Error('A workspace has no default collection.');
  return collection;
};
