import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { readCookie, sessionCookieName } from '../http/cookies.ts';
import { findSession } from '../store/sessions.ts';
import { type Caller, loadUser } from './principal.ts';
import { assertSameOrigin } from './same-origin.ts';
import { digestToken, isCsrfTokenOf, isToken } from './session-token.ts';

/** Proves that a change comes from a page of ours: other sites can make browsers send cookies, but no header. */
export const CSRF_HEADER = 'x-portolan-csrf';

const READING = new Set(['GET', 'HEAD']);

/** Somebody who is signed in, with the token of the session. */
export interface SignedIn extends Caller {
  readonly principal: Extract<Caller['principal'], { readonly kind: 'person' }>;
  readonly token: string;
  readonly expiresAt: Date;
}

const assertOwnPage = (call: OpenCall, token: string, publicUrl: string): void => {
  if (READING.has(call.method)) return;
  assertSameOrigin(call, publicUrl);
  if (!isCsrfTokenOf(token, call.headers[CSRF_HEADER] ?? '')) {
    throw new PlatformError('permission_denied', {
      public: `Send the csrf_token of your session in ${CSRF_HEADER}.`,
      param: CSRF_HEADER,
    });
  }
};

/**
 * Who a request's session belongs to; undefined when there is none, when it has ended, or when its owner has left.
 * @throws PlatformError  403 for a change that may come from another site
 */
export const signedIn = async (
  call: OpenCall,
  { db, settings }: Pick<Deps, 'db' | 'settings'>,
): Promise<SignedIn | undefined> => {
  const token = readCookie(call.headers, sessionCookieName(settings.publicUrl));
  if (token === undefined || !isToken(token)) return undefined;
  const session = await findSession(db, digestToken(token), new Date(call.nowMs));
  const user = session && (await loadUser(db, session.organization_id, session.user_id));
  if (session === undefined || user === undefined) return undefined;
  assertOwnPage(call, token, settings.publicUrl);
  return {
    principal: { kind: 'person', organisationId: session.organization_id, user },
    actor: { type: 'user', id: user.id },
    token,
    expiresAt: session.expires_at,
  };
};

export const notSignedIn = (): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'You are not signed in, or no longer.', param: 'cookie' });
