import { PlatformError } from '@portolan/service-kit';
import { renewInvite } from '../../../store/invites.ts';
import { write } from '../../route.ts';
import { inviteOfPath } from './find.ts';
import { newLink } from './link.ts';
import { assertMayInvite } from './may-invite.ts';

/** A new link for another seven days; the one before opens nothing any more. */
export const resendInvite = write({
  method: 'POST',
  path: '/admin/users/invites/:invite/resend',
  scopes: ['organisation_users.create'],
  audit: { resource: 'invites', action: 'update' },
  async write(call, tx, deps) {
    const invite = await inviteOfPath(tx, call, 'lock');
    await assertMayInvite(
      tx,
      call,
      invite.role,
      invite.workspaces.map(({ workspace_id }) => workspace_id),
    );
    if (invite.status !== 'pending' && invite.status !== 'expired') {
      throw new PlatformError('conflict', { public: `The invite is ${invite.status}: send a new one.` });
    }
    const { link, tokenDigest, expiresAt } = newLink(deps, call.nowMs);
    await renewInvite(tx, invite.id, tokenDigest, expiresAt);
    return {
      body: { inviteLink: link, invite_link: link, id: invite.id, object: 'invite' },
      subject: { id: invite.id, workspaceId: null, after: { expires_at: expiresAt.toISOString() } },
    };
  },
});
