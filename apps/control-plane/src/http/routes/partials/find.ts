import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { namedBy } from '../../../access/named.ts';
import type { Lock } from '../../../store/named.ts';
import { findPartialVersion, type PartialVersionRow } from '../../../store/partial-versions.ts';
import { findPartial, type PartialRow } from '../../../store/partials.ts';
import type { Call } from '../../call.ts';

/** The partial that a slug or id names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const partialByRef = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  ref: string,
  lock: Lock = 'look',
): Promise<PartialRow> => {
  const partial = await findPartial(sql, namedBy(call, ref), lock);
  if (partial === undefined) throw notFound('partial');
  await authorize(sql, call, [scope], { workspaceId: partial.workspace_id, named: 'object' });
  return partial;
};

/** The partial that the path names. */
export const partialOfPath = (sql: Sql, call: Call, scope: Scope, lock: Lock = 'look'): Promise<PartialRow> =>
  partialByRef(sql, call, scope, call.params.partial ?? '', lock);

/** The version that everything new is made from. */
export const latestPartialVersion = async (sql: Sql, { id }: PartialRow): Promise<PartialVersionRow> => {
  const latest = await findPartialVersion(sql, id, { kind: 'latest' });
  if (latest === undefined) throw new Error('A partial has no version.');
  return latest;
};
