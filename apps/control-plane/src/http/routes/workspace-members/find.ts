import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { notFound } from '../../../access/authorize.ts';
import { findWorkspaceMember, type MemberRow } from '../../../store/workspace-members.ts';
import type { WorkspaceRow } from '../../../store/workspaces.ts';
import type { Call } from '../../call.ts';
import { workspaceOfPath } from '../workspaces/find.ts';

/** The member that the path names, for a caller that may do this in the workspace. @throws PlatformError 404, 403 */
export const memberOfPath = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  lock: 'lock' | 'look' = 'look',
): Promise<{ readonly workspace: WorkspaceRow; readonly member: MemberRow }> => {
  const workspace = await workspaceOfPath(sql, call, scope, lock);
  const member = await findWorkspaceMember(sql, workspace.id, call.params.user ?? '');
  if (member === undefined) throw notFound('member of the workspace');
  return { workspace, member };
};
