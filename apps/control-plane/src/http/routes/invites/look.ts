import * as z from 'zod';
import { findOrganization } from '../../../store/organizations.ts';
import { readInput } from '../../input.ts';
import { open } from '../../route.ts';
import { inviteOfToken, proofFor } from './open-invite.ts';
import { inviteView } from './view.ts';

const input = z.object({ token: z.string().max(128) });

/** What a link is for. The token comes in the body, so that it stands in no log. */
export const lookAtInvite = open({
  method: 'POST',
  path: '/auth/invites/look',
  async answer(call, { db }) {
    const { token } = readInput(call, input);
    const invite = await inviteOfToken(db, token, call.nowMs);
    const organization = await findOrganization(db, invite.organization_id);
    const { needs } = await proofFor(db, invite);
    const { email, role, status, expires_at } = inviteView(invite);
    return {
      status: 200,
      body: {
        object: 'invite',
        email,
        role,
        status,
        expires_at,
        organisation: { name: organization?.name ?? '' },
        needs,
      },
    };
  },
});
