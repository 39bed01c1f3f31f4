import { mayGrant } from '@portolan/access-control';
import * as z from 'zod';
import { assertMayGrant } from '../../../access/grantor.ts';
import { cancelInvitesBy } from '../../../store/invites.ts';
import { setOrganizationRole } from '../../../store/organization-members.ts';
import { revokeUserKeysOutside } from '../../../store/workspace-members.ts';
import { organisationRoleField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { assertNotLastOwner, userOfPath } from './find.ts';

const input = z.object({ role: organisationRoleField() });

/**
 * Gives somebody another role. Who is admin no more loses the keys for workspaces that only an admin reached; invites that were sent
 * under a higher role are cancelled.
 */
export const putUser = write({
  method: 'PUT',
  path: '/admin/users/:user',
  scopes: ['organisation_users.update'],
  audit: { resource: 'users', action: 'update' },
  async write(call, tx) {
    const user = await userOfPath(tx, call, 'organisation_users.update');
    const { role } = readInput(call, input);
    const organizationId = call.principal.organisationId;
    if (role === user.role) refuseInput([{ path: 'role', message: `is ${role} already` }]);
    assertMayGrant(call.principal, user.role, role);
    await assertNotLastOwner(tx, organizationId, user);
    await setOrganizationRole(tx, organizationId, user.id, role);
    if (!mayGrant(role, user.role)) await cancelInvitesBy(tx, organizationId, user.id);
    const keys = role === 'member' ? await revokeUserKeysOutside(tx, organizationId, user.id) : [];
    return {
      body: {},
      changed: keys.map((id) => ({ kind: 'api_key' as const, id })),
      subject: {
        id: user.id,
        workspaceId: null,
        before: { role: user.role },
        after: { role, revoked_api_keys: keys },
      },
    };
  },
});
