import { closedCookie } from '../../../access/open-session.ts';
import { signedIn } from '../../../access/session.ts';
import { digestToken } from '../../../access/session-token.ts';
import { appendAudit } from '../../../audit/append.ts';
import { entryOfSignIn } from '../../../audit/entry-of-sign-in.ts';
import { transactionally } from '../../../change/run-write.ts';
import { deleteSession } from '../../../store/sessions.ts';
import { open } from '../../route.ts';

/** Ends the session; who has none is signed out already. */
export const postLogout = open({
  method: 'POST',
  path: '/auth/logout',
  async answer(call, deps) {
    const caller = await signedIn(call, deps);
    if (caller !== undefined) {
      const event = {
        organizationId: caller.principal.organisationId,
        actor: caller.actor,
        resource: 'sessions',
        action: 'delete',
        status: 200,
      } as const;
      await transactionally(deps.db, async (tx) => {
        await deleteSession(tx, digestToken(caller.token));
        await appendAudit(tx, entryOfSignIn(call, event));
      });
    }
    return { status: 200, body: {}, headers: { 'set-cookie': closedCookie(deps) } };
  },
});
