import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { KeySets, KeySource } from './key-sets.ts';

const MAX_TOKEN_CHARS = 16_384;

/** Three parts of base64url, none of them empty: no API key of ours has a dot. */
export const isToken = (text: string): boolean =>
  /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && text.length <= MAX_TOKEN_CHARS;

/** Why a token is refused: 401 for who cannot be known, 403 for who is known and may not. */
export interface Refusal {
  readonly outcome: 'refused';
  readonly status: 401 | 403;
  readonly reason: string;
}

/** What a token has to say, and how that is read. */
export interface TokenRules<Claims> {
  /** @param keyIds of the organization's key set */
  readHeader(
    header: unknown,
    keyIds: ReadonlySet<string>,
  ): { readonly outcome: 'read'; readonly keyId: string } | Refusal;
  /** Of a token whose signature is good. */
  readClaims(payload: unknown, organizationId: string): { readonly outcome: 'read'; readonly claims: Claims } | Refusal;
}

/** An organization as tokens name it. */
export interface TokenOrganization extends KeySource {
  readonly id: string;
}

/** Who may have signed a token. */
export interface TokenOrganizations<Organization extends TokenOrganization> {
  named(id: string): Organization | undefined | Promise<Organization | undefined>;
  /** The only organization that has a key set; undefined when there are none or several. */
  only(): Organization | undefined | Promise<Organization | undefined>;
}

export type VerifiedToken<Organization extends TokenOrganization, Claims> =
  | { readonly outcome: 'verified'; readonly claims: Claims; readonly organization: Organization }
  | (Refusal & {
      /** Whose token it says it is, where there is such an organization with keys. Not proved. */
      readonly claimed: Organization | undefined;
      readonly cause?: unknown;
    });

export const hasKeys = ({ jwksJson, jwksUrl }: KeySource): boolean => jwksJson !== '' || jwksUrl !== '';

interface Decoded {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: JWTPayload;
}

const decoded = (token: string): Decoded | undefined => {
  try {
    return { header: { ...decodeProtectedHeader(token) }, payload: decodeJwt(token) };
  } catch {
    return undefined;
  }
};

const claimedId = (payload: JWTPayload): string | undefined =>
  [payload.portkey_oid, payload.organisation_id].find((id): id is string => typeof id === 'string' && id !== '');

const refused = <Organization>(status: 401 | 403, reason: string, claimed?: Organization) => ({
  outcome: 'refused' as const,
  status,
  reason,
  claimed,
});

/**
 * Whether a token is good, and what it says. Its signature is checked with the keys of the organization that it names, so a lie
 * leads nowhere. The workspace in the claims is not yet known to exist.
 */
export const verifyToken = async <Organization extends TokenOrganization, Claims>(
  token: string,
  {
    organizations,
    keySets,
    rules,
  }: {
    readonly organizations: TokenOrganizations<Organization>;
    readonly keySets: KeySets;
    readonly rules: TokenRules<Claims>;
  },
): Promise<VerifiedToken<Organization, Claims>> => {
  const parts = decoded(token);
  if (parts === undefined) return refused(401, 'malformed');
  const { header, payload } = parts;
  const id = claimedId(payload);
  const organization = id === undefined ? await organizations.only() : await organizations.named(id);
  if (organization === undefined || !hasKeys(organization)) {
    return id === undefined ? refused(401, 'organisation_missing') : refused(403, 'organisation_unknown');
  }
  const keys = await keySets.of(organization, typeof header.kid === 'string' ? header.kid : '');
  const read = rules.readHeader(header, new Set(keys.keys()));
  if (read.outcome === 'refused') return { ...read, claimed: organization };
  const key = keys.get(read.keyId);
  if (key === undefined) return refused(401, 'key_id', organization);
  try {
    // The signature alone: times and claims are judged by our own clock and rules.
    await compactVerify(token, key, { algorithms: ['RS256'] });
  } catch (cause) {
    return { ...refused(401, 'signature', organization), cause };
  }
  const claims = rules.readClaims(payload, organization.id);
  return claims.outcome === 'refused'
    ? { ...claims, claimed: organization }
    : { outcome: 'verified', claims: claims.claims, organization };
};
