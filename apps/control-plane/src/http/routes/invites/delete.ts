import { authorize } from '../../../access/authorize.ts';
import { cancelInvite } from '../../../store/invites.ts';
import { write } from '../../route.ts';
import { inviteOfPath } from './find.ts';
import { inviteView } from './view.ts';

/** An open invite is cancelled; one that was accepted stays as the record that it is. */
export const deleteInvite = write({
  method: 'DELETE',
  path: '/admin/users/invites/:invite',
  scopes: ['organisation_users.delete'],
  audit: { resource: 'invites', action: 'delete' },
  async write(call, tx) {
    await authorize(tx, call, ['organisation_users.delete'], { workspaceId: null, named: 'object' });
    const invite = await inviteOfPath(tx, call, 'lock');
    await cancelInvite(tx, invite.id);
    return { body: {}, subject: { id: invite.id, workspaceId: null, before: inviteView(invite) } };
  },
});
