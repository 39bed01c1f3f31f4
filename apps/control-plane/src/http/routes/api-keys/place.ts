import type { ApiKeyType } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, refusal, targetWorkspace } from '../../../access/authorize.ts';
import { loadUser } from '../../../access/principal.ts';
import type { Call } from '../../call.ts';
import { refuseInput } from '../../input.ts';
import type { KeyPlace } from './check.ts';
import { keyScope } from './scopes.ts';

interface Named {
  readonly workspaceId: string | null | undefined;
  readonly userId: string | null | undefined;
}

/** People make keys for themselves unless they say for whom. */
const userOf = ({ principal }: Call, { userId }: Named): string =>
  userId ??
  (principal.kind === 'person'
    ? principal.user.id
    : refuseInput([{ path: 'user_id', message: 'is required: whose key is it?' }]));

const assertMember = async (sql: Sql, organizationId: string, workspaceId: string, userId: string): Promise<void> => {
  const user = await loadUser(sql, organizationId, userId);
  if (user === undefined || (user.organisationRole === 'member' && !user.workspaceRoles.has(workspaceId))) {
    refuseInput([{ path: 'user_id', message: 'must be a member of the workspace' }]);
  }
};

/** Where a key of this type goes, for a caller that may make it there. @throws PlatformError 400, 403, 404 */
export const placeOfNewKey = async (sql: Sql, call: Call, type: ApiKeyType, named: Named): Promise<KeyPlace> => {
  const scope = keyScope(type, 'create');
  const organizationId = call.principal.organisationId;
  if (type === 'organisation-service') {
    await authorize(sql, call, [scope], { workspaceId: null, named: 'workspace' });
    return { organizationId, type, workspaceId: null, userId: null };
  }
  const { workspace, rows } = await targetWorkspace(sql, call, [scope], named.workspaceId);
  if (type === 'workspace-service') return { organizationId, type, workspaceId: workspace.id, userId: null };
  const userId = userOf(call, named);
  if (typeof rows === 'object' && 'ownedBy' in rows && rows.ownedBy !== userId) throw refusal('role');
  await assertMember(sql, organizationId, workspace.id, userId);
  return { organizationId, type, workspaceId: workspace.id, userId };
};
