import { PlatformError } from '@portolan/service-kit';
import { memberOfIdentity } from '../../../access/account-of-identity.ts';
import { digestToken } from '../../../access/session-token.ts';
import { appendAudit } from '../../../audit/append.ts';
import { entryOfSignIn } from '../../../audit/entry-of-sign-in.ts';
import { transactionally } from '../../../change/run-write.ts';
import { openSignIn } from '../../../sealing/sign-in-secrets.ts';
import { takeSignInAttempt } from '../../../store/sign-in-attempts.ts';
import type { OpenCall } from '../../call.ts';
import { readCookie, setCookie, signInCookieName } from '../../cookies.ts';
import { open } from '../../route.ts';
import { beginSession } from '../sessions/begin.ts';
import { CALLBACK_PATH, redirectUri, requireProvider } from './redirect-uri.ts';

const unknownAttempt = (): PlatformError =>
  new PlatformError('invalid_api_key', {
    public: 'This sign-in is over, or was begun in another browser. Begin again.',
    param: 'state',
  });

/** The state that the provider sends back, when this is the browser that was sent there with it. */
const stateOf = (call: OpenCall, publicUrl: string): string => {
  const { state } = call.query;
  if (state === undefined || state === '' || readCookie(call.headers, signInCookieName(publicUrl)) !== state) {
    throw unknownAttempt();
  }
  return state;
};

/** Signs in whom the identity provider sends back, and goes on to where the sign-in began. */
export const finishOidc = open({
  method: 'GET',
  path: CALLBACK_PATH,
  aliases: ['/auth/callback'],
  async answer(call, deps) {
    const { settings, db } = deps;
    const provider = requireProvider(deps);
    const state = stateOf(call, settings.publicUrl);
    const now = new Date(call.nowMs);
    const attempt = await transactionally(db, (tx) => takeSignInAttempt(tx, digestToken(state), now));
    if (attempt === undefined) throw unknownAttempt();
    const returned = new URL(redirectUri(settings));
    returned.search = call.uri.split('?')[1] ?? '';
    const identity = await provider.finish(returned, openSignIn(attempt.sealed_secrets, state));
    const cookie = await transactionally(db, async (tx) => {
      const { userId, organizationId, accepted } = await memberOfIdentity(tx, identity, now, deps);
      for (const invite of accepted) {
        const event = {
          organizationId: invite.organization_id,
          actor: { type: 'user', id: userId },
          resource: 'invites',
          action: 'update',
          status: 200,
          resourceId: invite.id,
          after: { status: 'accepted', user_id: userId },
        } as const;
        await appendAudit(tx, entryOfSignIn(call, event));
      }
      return (await beginSession(tx, call, { userId, organizationId }, deps)).cookie;
    });
    const spent = setCookie(settings.publicUrl, signInCookieName(settings.publicUrl), '', 0);
    return {
      status: 302,
      body: {},
      headers: { location: `${settings.publicUrl}${attempt.return_to}`, 'set-cookie': [cookie, spent] },
    };
  },
});
