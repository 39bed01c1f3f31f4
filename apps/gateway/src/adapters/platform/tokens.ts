import { hash } from 'node:crypto';
import { type Claims, readClaims, readTokenHeader } from '@portolan/access-control';
import type { Organization } from '@portolan/proto';
import { type Clock, PlatformError } from '@portolan/service-kit';
import {
  hasKeys,
  type KeySets,
  type TokenOrganizations,
  type TokenRules,
  type VerifiedToken,
  verifyToken,
} from '@portolan/token-auth';
import { LRUCache } from 'lru-cache';
import type { ApiKey } from '../../ports/api-keys.ts';
import type { SnapshotView } from '../../snapshot/view.ts';
import { type CallerFacts, callerOf, expired, forbidden } from './caller.ts';
import type { WorkspaceDeps } from './workspace.ts';

/** Callers that bring a token signed by their organization instead of an API key. */
export interface TokenCallers {
  /** @throws PlatformError when the token is none of ours, past its time, or not for calling models; also as a rejection */
  find(token: string): ApiKey | Promise<ApiKey>;
}

export interface TokenDeps extends WorkspaceDeps {
  readonly keySets: KeySets;
  readonly clock: Pick<Clock, 'wallMs'>;
}

const SKEW_MS = 30_000;
const VERIFIED_MAX = 10_000;
/** A signing key may be taken back: no token is believed for longer without looking at the set again. */
const VERIFIED_MS = 300_000;

interface Verified {
  readonly claims: Claims;
  /** The tenant's keys as they were when the signature was checked. */
  readonly keys: Pick<Organization, 'jwksJson' | 'jwksUrl'>;
  readonly verifiedAtMs: number;
}

export const createTokenCallers = (deps: TokenDeps): TokenCallers => {
  const { keySets, clock } = deps;
  // By the digest of the whole token: two tokens that differ in a byte are two callers.
  const verified = new LRUCache<string, Verified>({ max: VERIFIED_MAX });

  const callerFrom = (claims: Claims, view: SnapshotView): ApiKey => {
    const workspace = view.workspaceNamed(claims.organisationId, claims.workspace);
    if (workspace === undefined) throw forbidden();
    return callerOf(factsOf(claims, workspace.id, view), view, deps);
  };

  const verify = async (token: string, digest: string): Promise<ApiKey> => {
    const view = deps.view();
    const found = await verifyToken(token, { organizations: signersIn(view), keySets, rules: rulesAt(clock.wallMs()) });
    if (found.outcome === 'refused') throw refusal(found);
    const { claims, organization } = found;
    verified.set(digest, { claims, keys: organization, verifiedAtMs: clock.wallMs() });
    return callerFrom(claims, view);
  };

  return {
    find(token) {
      const digest = hash('sha256', token, 'base64url');
      const known = verified.get(digest);
      const nowMs = clock.wallMs();
      if (known === undefined || nowMs - known.verifiedAtMs >= VERIFIED_MS) return verify(token, digest);
      if (known.claims.expiresAtMs + SKEW_MS <= nowMs) throw expired();
      const view = deps.view();
      const organization = view.organization(known.claims.organisationId);
      const isSame = organization?.jwksJson === known.keys.jwksJson && organization.jwksUrl === known.keys.jwksUrl;
      return isSame ? callerFrom(known.claims, view) : verify(token, digest);
    },
  };
};

const signersIn = (view: SnapshotView): TokenOrganizations<Organization> => ({
  named: (id) => view.organization(id),
  only: () => {
    const [only, ...others] = view.organizations().filter(hasKeys);
    return others.length === 0 ? only : undefined;
  },
});

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

const factsOf = (claims: Claims, workspaceId: string, view: SnapshotView): CallerFacts => {
  const { configId, metadata } = claims.defaults;
  const isTheirs = configId !== null && view.config(claims.organisationId, workspaceId, configId) !== undefined;
  return {
    id: `jwt:${claims.user ?? 'unnamed'}`,
    type: 'jwt',
    organizationId: claims.organisationId,
    workspaceId,
    userId: claims.user ?? undefined,
    scopes: claims.scopes,
    defaultConfig: isTheirs ? configId : undefined,
    allowConfigOverride: true,
    metadata,
  };
};

type Refused = Extract<VerifiedToken<Organization, Claims>, { readonly outcome: 'refused' }>;

const refusal = ({ status, reason, cause }: Refused): PlatformError => {
  if (status === 403) return forbidden();
  return reason === 'expired' ? expired() : unknownToken(cause);
};

const unknownToken = (cause?: unknown): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'Portkey Error: Invalid API Key. Error Code: 03', cause });
