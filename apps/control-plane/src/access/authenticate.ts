import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { callerOfKey } from './api-key.ts';
import { credentialOf } from './credential.ts';
import type { Caller } from './principal.ts';
import { signedIn } from './session.ts';
import { callerOfToken } from './token.ts';

/** One way to say who one is. Undefined: the request does not say it in this way. */
type Door = (call: OpenCall, deps: Deps) => Promise<Caller | undefined>;

const byApiKey: Door = async (call, { db, vault }) => {
  const credential = credentialOf(call);
  return credential === undefined ? undefined : callerOfKey(db, credential, vault, call.nowMs);
};

/**
 * What was sent on purpose counts before a cookie that a browser adds by itself. Tokens are told from keys by their form, so they
 * are looked at first.
 */
const DOORS: readonly Door[] = [callerOfToken, byApiKey, signedIn];

/**
 * Who sends a request.
 * @throws PlatformError  401; 403 for a change in a session that may come from another site
 */
export const authenticate = async (call: OpenCall, deps: Deps): Promise<Caller> => {
  for (const door of DOORS) {
    const caller = await door(call, deps);
    if (caller !== undefined) return caller;
  }
  throw new PlatformError('invalid_api_key', {
    public: 'Send your API key in x-portkey-api-key or as a bearer token, or sign in.',
    param: 'x-portkey-api-key',
  });
};

/** Whether the caller holds any scope of a route; people hold none and are judged by their roles. */
export const holdsAny = ({ principal }: Caller, scopes: readonly string[]): boolean =>
  principal.kind === 'person' || scopes.some((scope) => principal.scopes.has(scope));
