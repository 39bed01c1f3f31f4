import { hash } from 'node:crypto';
import { type Claims, readClaims, readTokenHeader, type TokenRefusal } from '@portolan/access-control';
import type { Organization } from '@portolan/proto';
import { type Clock, PlatformError } from '@portolan/service-kit';
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import type { ApiKey } from '../../ports/api-keys.ts';
import type { SnapshotView } from '../../snapshot/view.ts';
import { type CallerFacts, callerOf, expired, forbidden } from './caller.ts';
import type { KeySets } from './key-sets.ts';
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

/** Three parts of base64url, none of them empty: no API key of ours has a dot. */
export const isToken = (text: string): boolean =>
  /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && text.length <= MAX_TOKEN_CHARS;

const MAX_TOKEN_CHARS = 16_384;
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
    const { header, payload } = decoded(token);
    const view = deps.view();
    const organization = signerOf(payload, view);
    const keys = await keySets.of(organization, typeof header.kid === 'string' ? header.kid : '');
    const read = readTokenHeader(header, new Set(keys.keys()));
    if (read.outcome === 'refused') throw refusal(read);
    const key = keys.get(read.keyId);
    if (key === undefined) throw unknownToken();
    // The signature alone: times and claims are judged by our own clock and rules.
    await compactVerify(token, key, { algorithms: ['RS256'] }).catch((cause: unknown) => {
      throw unknownToken(cause);
    });
    const claims = readClaims(payload, rulesFor(organization, clock.wallMs()));
    if (claims.outcome === 'refused') throw refusal(claims);
    verified.set(digest, { claims: claims.claims, keys: organization, verifiedAtMs: clock.wallMs() });
    return callerFrom(claims.claims, view);
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

const decoded = (token: string): { header: Readonly<Record<string, unknown>>; payload: JWTPayload } => {
  try {
    return { header: { ...decodeProtectedHeader(token) }, payload: decodeJwt(token) };
  } catch (cause) {
    throw unknownToken(cause);
  }
};

/** Whose token it says it is. Its signature is then checked with that tenant's keys, so a lie leads nowhere. */
const signerOf = (payload: JWTPayload, view: SnapshotView): Organization => {
  const claimed = [payload.portkey_oid, payload.organisation_id].find((id) => typeof id === 'string' && id !== '');
  if (typeof claimed === 'string') {
    const found = view.organization(claimed);
    if (found === undefined || !hasKeys(found)) throw forbidden();
    return found;
  }
  const [only, ...others] = view.organizations().filter(hasKeys);
  if (only === undefined || others.length > 0) throw unknownToken();
  return only;
};

const hasKeys = ({ jwksJson, jwksUrl }: Organization): boolean => jwksJson !== '' || jwksUrl !== '';

const rulesFor = ({ id }: Organization, nowMs: number) => ({
  nowMs,
  skewMs: SKEW_MS,
  organisations: new Map([[id, { defaultWorkspace: null }]]),
  defaultWorkspace: null,
  defaultScopes: [],
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

const refusal = ({ status, reason }: TokenRefusal): PlatformError => {
  if (status === 403) return forbidden();
  return reason === 'expired' ? expired() : unknownToken();
};

const unknownToken = (cause?: unknown): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'Portkey Error: Invalid API Key. Error Code: 03', cause });
