import { mayHold, readScope, type Scope } from './scopes.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Why a token is refused: 401 for who cannot be known, 403 for who is known and may not. */
export type TokenRefusal =
  | { readonly outcome: 'refused'; readonly status: 401; readonly reason: UnknownReason }
  | { readonly outcome: 'refused'; readonly status: 403; readonly reason: ForbiddenReason };
type UnknownReason =
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'key_id'
  | 'expiry_missing'
  | 'expired'
  | 'not_yet_valid'
  | 'organisation_missing';
type ForbiddenReason = 'organisation_unknown' | 'workspace_missing';

const unknown = (reason: UnknownReason): TokenRefusal => ({ outcome: 'refused', status: 401, reason });
const forbidden = (reason: ForbiddenReason): TokenRefusal => ({ outcome: 'refused', status: 403, reason });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of these own properties that is a text with something in it. */
const firstText = (object: JsonObject, names: readonly string[]): string | undefined =>
  names
    .map((name) => (Object.hasOwn(object, name) ? object[name] : undefined))
    .find((value): value is string => typeof value === 'string' && value !== '');

/**
 * Whether a token's header names a key of ours in the one way that we take: RS256, `typ` JWT, a `kid` that the key set has.
 * The algorithm is never the token's choice. Key sizes are for whoever loads the set.
 * @param keyIds  of the organisation's key set
 */
export const readTokenHeader = (
  header: unknown,
  keyIds: ReadonlySet<string>,
): { readonly outcome: 'read'; readonly keyId: string } | TokenRefusal => {
  if (!isObject(header)) return unknown('malformed');
  if (firstText(header, ['alg']) !== 'RS256') return unknown('algorithm');
  if (firstText(header, ['typ']) !== 'JWT') return unknown('type');
  const keyId = firstText(header, ['kid']);
  return keyId !== undefined && keyIds.has(keyId) ? { outcome: 'read', keyId } : unknown('key_id');
};

/** Who may sign in with tokens here, and what holds for tokens that do not say. */
export interface TokenRules {
  readonly nowMs: number;
  /** How far clocks may be apart. */
  readonly skewMs: number;
  /** Organisations with a key set, by id, each with the workspace of tokens that name none. */
  readonly organisations: ReadonlyMap<string, { readonly defaultWorkspace: string | null }>;
  /** Workspace of tokens that name none, before the organisation's; null for none. */
  readonly defaultWorkspace: string | null;
  /** Scopes of tokens that name none. */
  readonly defaultScopes: readonly Scope[];
}

/** What a token says, checked and in our words. The workspace is not yet known to exist, nor to belong to the organisation. */
export interface Claims {
  readonly organisationId: string;
  /** Slug or id. */
  readonly workspace: string;
  /** Only those that exist and that a token may hold. */
  readonly scopes: ReadonlySet<Scope>;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
  /** Who stands in the logs; null when the token names nobody. */
  readonly user: string | null;
  /** Like those of a key. A config that is not the organisation's counts as none. */
  readonly defaults: { readonly configId: string | null; readonly metadata: Readonly<Record<string, string>> };
  /** Not yet checked: each as the token has it. */
  readonly usageLimits: readonly JsonObject[];
  readonly rateLimits: readonly JsonObject[];
}

const MAX_SCOPES = 256;
const MAX_LIMITS = 16;
const SECOND_MS = 1_000;

const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

const timeMs = (payload: JsonObject, name: string): number | undefined => {
  const seconds = own(payload, name);
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * SECOND_MS : undefined;
};

const scopeWords = (value: unknown): readonly unknown[] | undefined => {
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value : undefined;
};

const readScopes = (payload: JsonObject, defaults: readonly Scope[]): ReadonlySet<Scope> => {
  const words = scopeWords(own(payload, 'scope')) ?? scopeWords(own(payload, 'scopes'));
  const scopes =
    words === undefined
      ? defaults
      : words.slice(0, MAX_SCOPES).flatMap((word) => (typeof word === 'string' ? (readScope(word) ?? []) : []));
  return new Set(scopes.filter((scope) => mayHold('jwt', scope)));
};

const readDefaults = (payload: JsonObject): Claims['defaults'] => {
  const given = own(payload, 'defaults');
  if (!isObject(given)) return { configId: null, metadata: {} };
  const metadata = own(given, 'metadata');
  const texts = Object.entries(isObject(metadata) ? metadata : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { configId: firstText(given, ['config_id']) ?? null, metadata: Object.fromEntries(texts) };
};

const readLimits = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject).slice(0, MAX_LIMITS) : [];

const readOrganisation = (
  payload: JsonObject,
  { organisations }: TokenRules,
): { readonly outcome: 'read'; readonly id: string } | TokenRefusal => {
  const claimed = firstText(payload, ['portkey_oid', 'organisation_id']);
  const [only, ...others] = organisations.keys();
  if (claimed !== undefined) {
    return organisations.has(claimed) ? { outcome: 'read', id: claimed } : forbidden('organisation_unknown');
  }
  return only !== undefined && others.length === 0 ? { outcome: 'read', id: only } : unknown('organisation_missing');
};

const timeProblem = (payload: JsonObject, { nowMs, skewMs }: TokenRules): UnknownReason | undefined => {
  const expiresAtMs = timeMs(payload, 'exp');
  if (expiresAtMs === undefined) return 'expiry_missing';
  if (expiresAtMs + skewMs <= nowMs) return 'expired';
  const notBeforeMs =
    own(payload, 'nbf') === undefined ? undefined : (timeMs(payload, 'nbf') ?? Number.POSITIVE_INFINITY);
  return notBeforeMs !== undefined && notBeforeMs - skewMs > nowMs ? 'not_yet_valid' : undefined;
};

/**
 * The claims of a token whose signature has been found right with a key of the organisation that it names. Nothing here makes it so:
 * call it only after that.
 */
export const readClaims = (
  payload: unknown,
  rules: TokenRules,
): { readonly outcome: 'read'; readonly claims: Claims } | TokenRefusal => {
  if (!isObject(payload)) return unknown('malformed');
  const problem = timeProblem(payload, rules);
  if (problem !== undefined) return unknown(problem);
  const organisation = readOrganisation(payload, rules);
  if (organisation.outcome === 'refused') return organisation;
  const workspace =
    firstText(payload, ['portkey_workspace', 'workspace_slug']) ??
    rules.defaultWorkspace ??
    rules.organisations.get(organisation.id)?.defaultWorkspace;
  if (workspace === undefined || workspace === null) return forbidden('workspace_missing');
  return {
    outcome: 'read',
    claims: {
      organisationId: organisation.id,
      workspace,
      scopes: readScopes(payload, rules.defaultScopes),
      expiresAtMs: timeMs(payload, 'exp') ?? 0,
      user: firstText(payload, ['email_id', 'sub', 'uid']) ?? null,
      defaults: readDefaults(payload),
      usageLimits: readLimits(own(payload, 'usage_limits')),
      rateLimits: readLimits(own(payload, 'rate_limits')),
    },
  };
};
