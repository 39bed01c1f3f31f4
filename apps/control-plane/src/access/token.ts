import { type Claims, readClaims, readTokenHeader } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import { isToken, type TokenRules, verifyToken } from '@portolan/token-auth';
import { appendAudit } from '../audit/append.ts';
import { entryOfSignIn } from '../audit/entry-of-sign-in.ts';
import { transactionally } from '../change/run-write.ts';
import type { Deps } from '../deps.ts';
import type { OpenCall } from '../http/call.ts';
import { failureSubject, reserveAttempt } from '../store/sign-in-failures.ts';
import { tokenOrganizations } from '../store/token-organizations.ts';
import { findWorkspace } from '../store/workspaces.ts';
import { credentialOf } from './credential.ts';
import type { Caller } from './principal.ts';

const SKEW_MS = 30_000;
/** Anybody can send bad tokens in the name of an organization: so many of them are put on record, not more. */
const AUDITED_MAX = 20;
const AUDITED_WINDOW_MS = 60_000;

const rulesAt = (nowMs: number): TokenRules<Claims> => ({
  readHeader: readTokenHeader,
  readClaims: (payload, organizationId) =>
    readClaims(payload, {
      nowMs,
      skewMs: SKEW_MS,
      organisations: new Map([[organizationId, { defaultWorkspace: null }]]),
      defaultWorkspace: null,
      defaultScopes: [],
    }),
});

const refusalOf = (status: 401 | 403, reason: string, cause: unknown): PlatformError => {
  if (status === 403) {
    return new PlatformError('permission_denied', {
      public: 'You do not have enough permissions to execute this request: the token is for no workspace here.',
      cause,
    });
  }
  return reason === 'expired'
    ? new PlatformError('api_key_expired', { public: 'The token has expired.', param: 'x-portkey-api-key', cause })
    : new PlatformError('invalid_api_key', { public: 'Invalid token.', param: 'x-portkey-api-key', cause });
};

const auditRefusal = async (
  call: OpenCall,
  organizationId: string,
  { status, reason }: { readonly status: number; readonly reason: string },
  { db }: Deps,
): Promise<void> => {
  const bounds = [{ subject: failureSubject('token', organizationId), max: AUDITED_MAX }];
  const event = {
    organizationId,
    actor: { type: 'jwt', id: 'unverified' },
    resource: 'sessions',
    action: 'create',
    status,
    after: { reason, token: 'refused' },
  } as const;
  await transactionally(db, async (tx) => {
    if ((await reserveAttempt(tx, bounds, call.nowMs, AUDITED_WINDOW_MS)) !== undefined) return;
    await appendAudit(tx, entryOfSignIn(call, event));
  });
};

/**
 * The caller of a request that brings a token signed by its organization; undefined when it brings none. Such a caller has the
 * power of a key of the workspace that the token names.
 * @throws PlatformError  401, 403; put on record in the organization that the token names
 */
export const callerOfToken = async (call: OpenCall, deps: Deps): Promise<Caller | undefined> => {
  const token = credentialOf(call);
  if (token === undefined || !isToken(token)) return undefined;
  const { db, keySets } = deps;
  const found = await verifyToken(token, {
    organizations: tokenOrganizations(db),
    keySets,
    rules: rulesAt(call.nowMs),
  });
  if (found.outcome === 'refused') {
    if (found.claimed !== undefined) await auditRefusal(call, found.claimed.id, found, deps);
    throw refusalOf(found.status, found.reason, found.cause);
  }
  const { organisationId, workspace: ref, scopes, user } = found.claims;
  const workspace = await findWorkspace(db, organisationId, ref);
  if (workspace?.status !== 'active') {
    await auditRefusal(call, organisationId, { status: 403, reason: 'workspace_unknown' }, deps);
    throw refusalOf(403, 'workspace_unknown', undefined);
  }
  return {
    principal: { kind: 'jwt', organisationId, workspaceId: workspace.id, scopes },
    actor: { type: 'jwt', id: user ?? 'unnamed' },
  };
};
