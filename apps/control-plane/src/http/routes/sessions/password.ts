import { PlatformError, Secret } from '@portolan/service-kit';
import * as z from 'zod';
import { notSignedIn, signedIn } from '../../../access/session.ts';
import { accountOfPassword } from '../../../access/sign-in.ts';
import { appendAudit } from '../../../audit/append.ts';
import { entryOfSignIn } from '../../../audit/entry-of-sign-in.ts';
import { transactionally } from '../../../change/run-write.ts';
import { newPasswordField, passwordField } from '../../../domain/password.ts';
import { deleteSessionsOf } from '../../../store/sessions.ts';
import { findAccount, setPassword } from '../../../store/users.ts';
import { readInput } from '../../input.ts';
import { open } from '../../route.ts';
import { beginSession } from './begin.ts';

const input = z.object({ current_password: passwordField(), new_password: newPasswordField() });

/** Changes one's password. All sessions of the account end, and this browser gets a new one. */
export const postPassword = open({
  method: 'POST',
  path: '/auth/password',
  async answer(call, deps) {
    const caller = await signedIn(call, deps);
    if (caller === undefined) throw notSignedIn();
    const { current_password, new_password } = readInput(call, input);
    const { organisationId: organizationId, user } = caller.principal;
    const account = await findAccount(deps.db, user.id);
    if (account?.password_hash == null) {
      throw new PlatformError('invalid_request_error', {
        public: 'This account has no password: it signs in at an identity provider.',
      });
    }
    await accountOfPassword(call, account.email, new Secret(current_password), deps);
    const hash = await deps.passwords.hash(new Secret(new_password));
    const { cookie, view } = await transactionally(deps.db, async (tx) => {
      await setPassword(tx, user.id, hash);
      await deleteSessionsOf(tx, user.id, null);
      const event = {
        organizationId,
        actor: caller.actor,
        resource: 'users',
        action: 'update',
        status: 200,
        resourceId: user.id,
      } as const;
      await appendAudit(tx, entryOfSignIn(call, event));
      return beginSession(tx, call, { userId: user.id, organizationId }, deps);
    });
    return { status: 200, body: view, headers: { 'set-cookie': cookie } };
  },
});
