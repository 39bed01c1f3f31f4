import type { Sql } from '@portolan/sql';
import { notFound } from '../../../access/authorize.ts';
import { findInvite, type InviteRow } from '../../../store/invites.ts';
import type { Call } from '../../call.ts';

/** The invite that the path names. Whether the caller may touch it is for the route to ask. @throws PlatformError 404 */
export const inviteOfPath = async (sql: Sql, call: Call, lock: 'lock' | 'look' = 'look'): Promise<InviteRow> => {
  const { organisationId } = call.principal;
  const invite = await findInvite(sql, organisationId, call.params.invite ?? '', new Date(call.nowMs), lock);
  if (invite === undefined) throw notFound('invite');
  return invite;
};
