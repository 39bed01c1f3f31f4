import type { Sql } from '@portolan/sql';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { readCookie, sessionCookieName, setCookie } from '../http/cookies.ts';
import { deleteSession, insertSession } from '../store/sessions.ts';
import { digestToken, isToken, newToken } from './session-token.ts';

export interface OpenedSession {
  readonly token: string;
  readonly expiresAt: Date;
  /** The line for `set-cookie`. */
  readonly cookie: string;
}

/** Opens a session under a new token. One that the browser had before ends: nobody can have planted it. */
export const openSession = async (
  tx: Sql,
  call: OpenCall,
  { userId, organizationId }: { readonly userId: string; readonly organizationId: string },
  { settings, randomBytes }: Pick<Deps, 'settings' | 'randomBytes'>,
): Promise<OpenedSession> => {
  const { publicUrl, sessionLifetimeS } = settings;
  const name = sessionCookieName(publicUrl);
  const before = readCookie(call.headers, name);
  if (before !== undefined && isToken(before)) await deleteSession(tx, digestToken(before));
  const token = newToken(randomBytes);
  const createdAt = new Date(call.nowMs);
  const expiresAt = new Date(call.nowMs + sessionLifetimeS * 1_000);
  await insertSession(tx, { tokenDigest: digestToken(token), userId, organizationId, createdAt, expiresAt });
  return { token, expiresAt, cookie: setCookie(publicUrl, name, token, sessionLifetimeS) };
};

/** Takes the cookie away from the browser. */
export const closedCookie = ({ settings: { publicUrl } }: Pick<Deps, 'settings'>): string =>
  setCookie(publicUrl, sessionCookieName(publicUrl), '', 0);
