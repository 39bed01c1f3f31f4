import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { digestToken, isToken } from '../../../access/session-token.ts';
import { findOpenInvite, type InviteRow } from '../../../store/invites.ts';
import { organizationsOf } from '../../../store/organization-members.ts';
import { type AccountRow, findAccountByEmail } from '../../../store/users.ts';

/** The invite of a link. @throws PlatformError 404, alike for a link that never was and one that is over */
export const inviteOfToken = async (
  sql: Sql,
  token: string,
  nowMs: number,
  lock: 'lock' | 'look' = 'look',
): Promise<InviteRow> => {
  const invite = isToken(token) ? await findOpenInvite(sql, digestToken(token), new Date(nowMs), lock) : undefined;
  if (invite === undefined) {
    throw new PlatformError('not_found', { public: 'This invite is over, or never was. Ask for a new one.' });
  }
  return invite;
};

/** How somebody proves to be the one who is invited. */
export type InviteProof =
  /** Nobody has this address yet: whoever has the link chooses a password. */
  | { readonly needs: 'new_password'; readonly account: AccountRow | undefined }
  /** The account is in use elsewhere: its own password, not a new one. */
  | { readonly needs: 'password'; readonly account: AccountRow }
  | { readonly needs: 'identity_provider'; readonly account: AccountRow };

/** Whoever invites sees the link: it must never open an account that somebody else uses. */
export const proofFor = async (sql: Sql, { email }: Pick<InviteRow, 'email'>): Promise<InviteProof> => {
  const account = await findAccountByEmail(sql, email);
  if (account === undefined) return { needs: 'new_password', account };
  if (account.password_hash !== null) return { needs: 'password', account };
  const isUsed = account.oidc_subject !== null || (await organizationsOf(sql, account.id)).length > 0;
  return isUsed ? { needs: 'identity_provider', account } : { needs: 'new_password', account };
};
