import { PlatformError, Secret } from '@portolan/service-kit';
import { isUniqueViolation, type Sql } from '@portolan/sql';
import * as z from 'zod';
import { issueInvitedKeys, joinByInvite } from '../../../access/accept-invite.ts';
import { assertSameOrigin } from '../../../access/same-origin.ts';
import { accountOfPassword } from '../../../access/sign-in.ts';
import { appendAudit } from '../../../audit/append.ts';
import { entryOfSignIn } from '../../../audit/entry-of-sign-in.ts';
import { recordChanges } from '../../../change/changes.ts';
import { transactionally } from '../../../change/run-write.ts';
import type { Deps } from '../../../deps.ts';
import { newPasswordField, passwordField } from '../../../domain/password.ts';
import { findAccountByEmail, insertAccount, setNameAndPassword } from '../../../store/users.ts';
import type { OpenCall } from '../../call.ts';
import { readInput, refuseInput } from '../../input.ts';
import { open } from '../../route.ts';
import { beginSession } from '../sessions/begin.ts';
import { type InviteProof, inviteOfToken, proofFor } from './open-invite.ts';

const personName = () => z.string().trim().max(255, 'must have at most 255 characters').nullish();

const input = z.object({
  token: z.string().max(128),
  password: passwordField(),
  first_name: personName(),
  last_name: personName(),
});

type Accepted = z.output<typeof input>;

/** What becomes of the account: undefined for one that exists and has proved itself. */
const newPassword = async (
  call: OpenCall,
  { needs }: InviteProof,
  email: string,
  password: string,
  deps: Deps,
): Promise<string | undefined> => {
  if (needs === 'identity_provider') {
    throw new PlatformError('permission_denied', {
      public: 'This account signs in at an identity provider: sign in there, and the invite is accepted.',
    });
  }
  if (needs === 'password') {
    await accountOfPassword(call, email, new Secret(password), deps);
    return undefined;
  }
  const chosen = newPasswordField().safeParse(password);
  if (!chosen.success) {
    return refuseInput([{ path: 'password', message: chosen.error.issues[0]?.message ?? 'is not good enough' }]);
  }
  return deps.passwords.hash(new Secret(password));
};

const changedMeanwhile = (): PlatformError =>
  new PlatformError('conflict', { public: 'The account has changed meanwhile. Open the invite again.' });

/** Work on a password takes its time: what was proved before counts only if the account is still as it was. */
const accountFor = async (
  tx: Sql,
  email: string,
  { first_name, last_name }: Accepted,
  passwordHash: string | undefined,
  { newId }: Pick<Deps, 'newId'>,
): Promise<string> => {
  const account = await findAccountByEmail(tx, email, 'lock');
  const { needs } = await proofFor(tx, { email });
  if (passwordHash === undefined) {
    if (account === undefined || needs !== 'password') throw changedMeanwhile();
    return account.id;
  }
  if (needs !== 'new_password') throw changedMeanwhile();
  const names = { firstName: first_name ?? '', lastName: last_name ?? '' };
  const id = account?.id ?? newId();
  if (account !== undefined) await setNameAndPassword(tx, id, { ...names, passwordHash });
  else {
    await insertAccount(tx, { id, email, ...names, passwordHash }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? changedMeanwhile() : error;
    });
  }
  return id;
};

/** Accepts an invite and signs in. Keys that the invite promised are in this answer and nowhere else. */
export const acceptInvite = open({
  method: 'POST',
  path: '/auth/invites/accept',
  async answer(call, deps) {
    assertSameOrigin(call, deps.settings.publicUrl);
    const given = readInput(call, input);
    const { email } = await inviteOfToken(deps.db, given.token, call.nowMs);
    const hash = await newPassword(call, await proofFor(deps.db, { email }), email, given.password, deps);
    return transactionally(deps.db, async (tx) => {
      const invite = await inviteOfToken(tx, given.token, call.nowMs, 'lock');
      const organizationId = invite.organization_id;
      const userId = await accountFor(tx, email, given, hash, deps);
      const joined = await joinByInvite(tx, invite, userId, new Date(call.nowMs));
      const keys = await issueInvitedKeys(tx, invite, userId, joined, deps);
      const event = {
        organizationId,
        actor: { type: 'user', id: userId },
        resource: 'invites',
        action: 'update',
        status: 200,
        resourceId: invite.id,
        after: { status: 'accepted', user_id: userId, workspaces: joined, api_keys: keys.map(({ id }) => id) },
      } as const;
      await appendAudit(tx, entryOfSignIn(call, event));
      const { cookie, view } = await beginSession(tx, call, { userId, organizationId }, deps);
      if (keys.length > 0) {
        await recordChanges(
          tx,
          keys.map(({ id }) => ({ kind: 'api_key', id })),
        );
      }
      const api_keys = keys.map(({ id, key, workspaceId }) => ({
        id,
        key,
        workspace_id: workspaceId,
        object: 'api-key',
      }));
      return { status: 200, body: { ...view, api_keys }, headers: { 'set-cookie': cookie } };
    });
  },
});
