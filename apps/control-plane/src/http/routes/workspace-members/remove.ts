import { cancelInvitesBy } from '../../../store/invites.ts';
import { removeWorkspaceMember, revokeUserKeys } from '../../../store/workspace-members.ts';
import { write } from '../../route.ts';
import { memberOfPath } from './find.ts';

/** Who leaves a workspace leaves its keys and open invites behind: they end, unless their owner reaches every workspace anyway. */
export const removeMember = write({
  method: 'DELETE',
  path: '/admin/workspaces/:workspace/users/:user',
  aliases: ['/workspaces/:workspace/users/:user'],
  scopes: ['workspace_users.delete'],
  audit: { resource: 'workspace_users', action: 'delete' },
  async write(call, tx) {
    const { workspace, member } = await memberOfPath(tx, call, 'workspace_users.delete', 'lock');
    await removeWorkspaceMember(tx, workspace.id, member.id);
    if (member.org_role === 'member') await cancelInvitesBy(tx, workspace.organization_id, member.id);
    const keys =
      member.org_role === 'member' ? await revokeUserKeys(tx, workspace.organization_id, member.id, workspace.id) : [];
    return {
      body: {},
      changed: keys.map((id) => ({ kind: 'api_key' as const, id })),
      subject: {
        id: member.id,
        workspaceId: workspace.id,
        before: { email: member.email, role: member.role, api_keys: keys },
      },
    };
  },
});
