import { PlatformError } from '@portolan/service-kit';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { callerOfKey } from './api-key.ts';
import type { Caller } from './principal.ts';

const BEARER = /^Bearer +(\S+)$/i;

/** The key of a request, wherever clients put it. */
const keyOf = ({ headers }: Pick<OpenCall, 'headers'>): string | undefined =>
  headers['x-portkey-api-key'] ?? BEARER.exec(headers.authorization ?? '')?.[1];

/**
 * Who sends a request.
 * @throws PlatformError  401
 */
export const authenticate = async (call: OpenCall, { db, vault }: Deps): Promise<Caller> => {
  const key = keyOf(call);
  if (key === undefined) {
    throw new PlatformError('invalid_api_key', {
      public: 'Send your API key in x-portkey-api-key or as a bearer token.',
      param: 'x-portkey-api-key',
    });
  }
  return callerOfKey(db, key, await vault.peppers(), call.nowMs);
};

/** Whether the caller holds any scope of a route; people hold none and are judged by their roles. */
export const holdsAny = ({ principal }: Caller, scopes: readonly string[]): boolean =>
  principal.kind === 'person' || scopes.some((scope) => principal.scopes.has(scope));
