import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claims, readClaims, readTokenHeader, type TokenRules } from './claims.ts';

const rules: TokenRules = {
  nowMs: 1_000_000,
  skewMs: 5_000,
  organisations: new Map([['o1', { defaultWorkspace: null }]]),
  defaultWorkspace: null,
  defaultScopes: [],
};
const payload = { portkey_oid: 'o1', portkey_workspace: 'ws-x', scope: 'completions.write', exp: 2_000 };

const claimsOf = (given: unknown, changed: Partial<TokenRules> = {}): Claims => {
  const result = readClaims(given, { ...rules, ...changed });
  if (result.outcome === 'refused') throw new Error(result.reason);
  return result.claims;
};
const refusalOf = (given: unknown, changed: Partial<TokenRules> = {}) => {
  const result = readClaims(given, { ...rules, ...changed });
  return result.outcome === 'refused' ? [result.status, result.reason] : 'read';
};

describe('header', () => {
  const keys = new Set(['k1']);

  test('RS256 with a known key is taken', () => {
    expect(readTokenHeader({ alg: 'RS256', typ: 'JWT', kid: 'k1' }, keys)).toEqual({ outcome: 'read', keyId: 'k1' });
  });

  test.each([
    [{ alg: 'none', typ: 'JWT', kid: 'k1' }, 'algorithm'],
    [{ alg: 'HS256', typ: 'JWT', kid: 'k1' }, 'algorithm'],
    [{ alg: 'rs256', typ: 'JWT', kid: 'k1' }, 'algorithm'],
    [{ typ: 'JWT', kid: 'k1' }, 'algorithm'],
    [{ alg: 'RS256', kid: 'k1' }, 'type'],
    [{ alg: 'RS256', typ: 'JWT' }, 'key_id'],
    [{ alg: 'RS256', typ: 'JWT', kid: 'k2' }, 'key_id'],
    [null, 'malformed'],
    [[], 'malformed'],
  ])('%j is refused: %s', (header, reason) => {
    expect(readTokenHeader(header, keys)).toEqual({ outcome: 'refused', status: 401, reason });
  });
});

describe('time', () => {
  test('a token ends at its expiry and a little skew, and needs one', () => {
    expect(refusalOf({ ...payload, exp: 995.001 })).toBe('read');
    expect(refusalOf({ ...payload, exp: 995 })).toEqual([401, 'expired']);
    expect(refusalOf({ ...payload, exp: undefined })).toEqual([401, 'expiry_missing']);
    expect(refusalOf({ ...payload, exp: '2000' })).toEqual([401, 'expiry_missing']);
  });

  test('a token that is not yet valid waits', () => {
    expect(refusalOf({ ...payload, nbf: 1_005 })).toBe('read');
    expect(refusalOf({ ...payload, nbf: 1_006 })).toEqual([401, 'not_yet_valid']);
    expect(refusalOf({ ...payload, nbf: 'soon' })).toEqual([401, 'not_yet_valid']);
  });
});

describe('organisation and workspace', () => {
  const { portkey_oid: _, ...withoutOrganisation } = payload;
  const { portkey_workspace: __, ...withoutWorkspace } = payload;
  const two = new Map([
    ['o1', { defaultWorkspace: null }],
    ['o2', { defaultWorkspace: null }],
  ]);

  test('both spellings name them', () => {
    const other = { organisation_id: 'o1', workspace_slug: 'ws-y', exp: 2_000 };
    expect(claimsOf(other)).toMatchObject({ organisationId: 'o1', workspace: 'ws-y' });
  });

  test('an organisation that has no keys here is forbidden', () => {
    expect(refusalOf({ ...payload, portkey_oid: 'o9' })).toEqual([403, 'organisation_unknown']);
  });

  test('the only organisation need not be named; one of several must', () => {
    expect(claimsOf(withoutOrganisation).organisationId).toBe('o1');
    expect(refusalOf(withoutOrganisation, { organisations: two })).toEqual([401, 'organisation_missing']);
    expect(refusalOf(withoutOrganisation, { organisations: new Map() })).toEqual([401, 'organisation_missing']);
  });

  test('a workspace is the claim’s, else the deployment’s, else the organisation’s', () => {
    const organisations = new Map([['o1', { defaultWorkspace: 'ws-org' }]]);
    expect(claimsOf(payload, { organisations, defaultWorkspace: 'ws-here' }).workspace).toBe('ws-x');
    expect(claimsOf(withoutWorkspace, { organisations, defaultWorkspace: 'ws-here' }).workspace).toBe('ws-here');
    expect(claimsOf(withoutWorkspace, { organisations }).workspace).toBe('ws-org');
    expect(refusalOf(withoutWorkspace)).toEqual([403, 'workspace_missing']);
  });
});

describe('scopes', () => {
  const scopes = (given: object, changed?: Partial<TokenRules>) => [
    ...claimsOf({ ...payload, scope: undefined, ...given }, changed).scopes,
  ];

  test('as words or as a list, with prefix or without', () => {
    const expected = ['completions.write', 'logs.read'];
    expect(scopes({ scope: 'completions.write portkey.logs.read' })).toEqual(expected);
    expect(scopes({ scopes: ['portkey.completions.write', 'logs.read'] })).toEqual(expected);
  });

  test('what is no scope, or not for a token, is left out', () => {
    expect(
      scopes({ scopes: ['audit_logs.list', 'organisation_users.create', 'nonsense', 7, null, 'configs.read'] }),
    ).toEqual(['configs.read']);
  });

  test('a token that names none has those of the deployment, never those of an admin key', () => {
    const defaultScopes = ['completions.write', 'audit_logs.list'] as const;
    expect(scopes({}, { defaultScopes })).toEqual(['completions.write']);
    expect(scopes({ scope: '' }, { defaultScopes })).toEqual([]);
  });
});

test('who stands in the logs: mail before subject before uid', () => {
  expect(claimsOf({ ...payload, uid: 'c', sub: 'b', email_id: 'a' }).user).toBe('a');
  expect(claimsOf({ ...payload, uid: 'c', sub: 'b' }).user).toBe('b');
  expect(claimsOf({ ...payload, uid: 'c' }).user).toBe('c');
  expect(claimsOf(payload).user).toBeNull();
});

test('defaults and limits are taken as they stand, and what is no object is left out', () => {
  expect(
    claimsOf({
      ...payload,
      defaults: { config_id: 'pc-x', metadata: { team: 'a', n: 1 } },
      usage_limits: [{ type: 'cost' }, 'x'],
      rate_limits: Array.from({ length: 40 }, () => ({ unit: 'rpm' })),
    }),
  ).toMatchObject({ defaults: { configId: 'pc-x', metadata: { team: 'a' } }, usageLimits: [{ type: 'cost' }] });
  expect(claimsOf({ ...payload, rate_limits: Array.from({ length: 40 }, () => ({})) }).rateLimits).toHaveLength(16);
  expect(claimsOf({ ...payload, defaults: 'x' }).defaults).toEqual({ configId: null, metadata: {} });
});

test('whatever a token says, it is read or refused, and no read token holds a scope of an admin key alone', () => {
  const keys = fc.constantFrom(
    'portkey_oid',
    'portkey_workspace',
    'scope',
    'scopes',
    'exp',
    'nbf',
    'defaults',
    'usage_limits',
    '__proto__',
  );
  const values = fc.oneof(fc.jsonValue(), fc.constantFrom('o1', 'ws-x', 'audit_logs.list configs.read', 2_000));
  fc.assert(
    fc.property(fc.dictionary(keys, values), (given) => {
      const result = readClaims(given, rules);
      if (result.outcome === 'read') {
        expect(result.claims.organisationId).toBe('o1');
        expect(result.claims.scopes.has('audit_logs.list')).toBe(false);
      } else {
        expect([401, 403]).toContain(result.status);
      }
    }),
    { numRuns: 1_000 },
  );
});
