import { assertMayGrant } from '../../../access/grantor.ts';
import { cancelInvitesBy } from '../../../store/invites.ts';
import { organizationsOf, removeOrganizationMember } from '../../../store/organization-members.ts';
import { deleteSessionsOf } from '../../../store/sessions.ts';
import { setPassword } from '../../../store/users.ts';
import { revokeUserKeys } from '../../../store/workspace-members.ts';
import { write } from '../../route.ts';
import { assertNotLastOwner, userOfPath } from './find.ts';

/**
 * Takes somebody out of the organization: memberships, sessions, user keys and open invites end. The account itself stays, for the
 * audit log and for other organizations; when there are none its password is forgotten.
 */
export const deleteUser = write({
  method: 'DELETE',
  path: '/admin/users/:user',
  scopes: ['organisation_users.delete'],
  audit: { resource: 'users', action: 'delete' },
  async write(call, tx) {
    const user = await userOfPath(tx, call, 'organisation_users.delete');
    const organizationId = call.principal.organisationId;
    assertMayGrant(call.principal, user.role);
    await assertNotLastOwner(tx, organizationId, user);
    const keys = await revokeUserKeys(tx, organizationId, user.id, null);
    await deleteSessionsOf(tx, user.id, organizationId);
    await cancelInvitesBy(tx, organizationId, user.id);
    await removeOrganizationMember(tx, organizationId, user.id);
    if ((await organizationsOf(tx, user.id)).length === 0) await setPassword(tx, user.id, null);
    return {
      body: {},
      changed: keys.map((id) => ({ kind: 'api_key' as const, id })),
      subject: {
        id: user.id,
        workspaceId: null,
        before: { email: user.email, role: user.role, workspace_ids: user.workspace_ids, api_keys: keys },
      },
    };
  },
});
