import type { OrganisationRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, decide } from '../../../access/authorize.ts';
import { assertMayGrant } from '../../../access/grantor.ts';
import type { Call } from '../../call.ts';

/**
 * Whether the caller may invite somebody with this role into these workspaces. Who manages the members of workspaces may invite
 * into those; everybody else needs the right for the whole organization.
 * @throws PlatformError 403
 */
export const assertMayInvite = async (
  sql: Sql,
  call: Call,
  role: OrganisationRole,
  workspaceIds: readonly string[],
): Promise<void> => {
  const scopes = ['organisation_users.create'] as const;
  const everywhere = await decide(sql, call, scopes, { workspaceId: null, named: 'object' });
  if (!everywhere.allowed) {
    if (workspaceIds.length === 0) await authorize(sql, call, scopes, { workspaceId: null, named: 'object' });
    for (const workspaceId of workspaceIds) await authorize(sql, call, scopes, { workspaceId, named: 'workspace' });
  }
  assertMayGrant(call.principal, role);
};
