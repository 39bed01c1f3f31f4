import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import { isOfDomain } from '../domain/email-domain.ts';
import type { Identity } from '../ports/identity-provider.ts';
import { type InviteRow, lockOpenInvitesOf, wasInvited } from '../store/invites.ts';
import { addOrganizationMember, onlyOrganization, organizationsOf } from '../store/organization-members.ts';
import { deleteSessionsOf } from '../store/sessions.ts';
import {
  type AccountRow,
  findAccountByEmail,
  findAccountByIdentity,
  insertAccount,
  setIdentity,
  setPassword,
} from '../store/users.ts';
import { joinByInvite } from './accept-invite.ts';

const notInvited = (): PlatformError =>
  new PlatformError('permission_denied', { public: 'You are not a member here. Ask for an invite.' });

const unverified = (): PlatformError =>
  new PlatformError('permission_denied', {
    public: 'Your identity provider does not confirm your e-mail address, so nobody can know that it is yours.',
  });

/**
 * Whoever invites sees the link, and can choose the password of an account for somebody else's address. When the owner of the address
 * comes in for the first time, that password and all sessions end.
 */
const takeBack = async (tx: Sql, { id, email }: AccountRow): Promise<void> => {
  if (!(await wasInvited(tx, email))) return;
  await setPassword(tx, id, null);
  await deleteSessionsOf(tx, id, null);
};

/** An address alone proves nothing once an account is tied to somebody: addresses are given to other people. */
const tied = async (tx: Sql, account: AccountRow, { issuer, subject }: Identity): Promise<AccountRow> => {
  if (account.oidc_subject !== null && (account.oidc_issuer !== issuer || account.oidc_subject !== subject)) {
    throw new PlatformError('permission_denied', {
      public: 'This e-mail address belongs to another account of the identity provider.',
    });
  }
  if (account.oidc_subject === null) await takeBack(tx, account);
  await setIdentity(tx, account.id, issuer, subject);
  return account;
};

const newAccount = async (
  tx: Sql,
  email: string,
  identity: Identity,
  { newId }: Pick<Deps, 'newId'>,
): Promise<string> => {
  const id = newId();
  const { firstName, lastName, issuer, subject } = identity;
  await insertAccount(tx, { id, email, firstName, lastName, passwordHash: null });
  await setIdentity(tx, id, issuer, subject);
  return id;
};

export interface SignedInMember {
  readonly userId: string;
  readonly organizationId: string;
  readonly accepted: readonly InviteRow[];
}

/**
 * The member that somebody is who signed in at the identity provider: known by issuer and subject, else by an address that the
 * provider vouches for. Open invites for that address are accepted; whose domain is let in becomes a member without one.
 * @throws PlatformError  403 for everybody else
 */
export const memberOfIdentity = async (
  tx: Sql,
  identity: Identity,
  now: Date,
  deps: Pick<Deps, 'newId' | 'settings'>,
): Promise<SignedInMember> => {
  const { allowedDomains, autoProvision } = deps.settings.signIn;
  const email = identity.isEmailVerified ? identity.email : null;
  const known = await findAccountByIdentity(tx, identity.issuer, identity.subject);
  const byEmail = known !== undefined || email === null ? undefined : await findAccountByEmail(tx, email, 'lock');
  const account = known ?? (byEmail === undefined ? undefined : await tied(tx, byEmail, identity));
  // An invite is for an address; an account may have got another one at the provider since.
  const invites = email === null ? [] : await lockOpenInvitesOf(tx, email, now);
  const only =
    autoProvision && email !== null && isOfDomain(email, allowedDomains) ? await onlyOrganization(tx) : undefined;
  if (account === undefined && email === null) throw unverified();
  if (account === undefined && invites.length === 0 && only === undefined) throw notInvited();

  const userId = account?.id ?? (await newAccount(tx, email ?? '', identity, deps));
  for (const invite of invites) await joinByInvite(tx, invite, userId, now);
  const joined = await organizationsOf(tx, userId);
  if (joined.length === 0 && only !== undefined) await addOrganizationMember(tx, only, userId, 'member');
  const [first] = joined.length === 0 ? await organizationsOf(tx, userId) : joined;
  if (first === undefined) throw notInvited();
  return { userId, organizationId: first.organization_id, accepted: invites };
};
