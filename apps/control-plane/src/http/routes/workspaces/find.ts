import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { notFound, targetWorkspace } from '../../../access/authorize.ts';
import { findWorkspace, type WorkspaceRow } from '../../../store/workspaces.ts';
import type { Call } from '../../call.ts';

/** The workspace that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const workspaceOfPath = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  lock: 'lock' | 'look' = 'look',
): Promise<WorkspaceRow> => {
  const { workspace } = await targetWorkspace(sql, call, [scope], call.params.workspace);
  if (lock === 'look') return workspace;
  const locked = await findWorkspace(sql, workspace.organization_id, workspace.id, 'lock');
  if (locked?.status !== 'active') throw notFound('workspace');
  return locked;
};
