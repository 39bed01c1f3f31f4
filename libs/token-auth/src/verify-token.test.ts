import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { KeySets } from './key-sets.ts';
import { isToken, type TokenRules, verifyToken } from './verify-token.ts';

const good = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });

const acme = { id: 'acme', jwksJson: '{}', jwksUrl: '' };
const without = { id: 'without', jwksJson: '', jwksUrl: '' };
const keySets: KeySets = { of: async () => new Map([['k1', good.publicKey]]) };
const rules: TokenRules<string> = {
  readHeader: (header, keyIds) => {
    const kid: unknown = Reflect.get(Object(header), 'kid');
    return typeof kid === 'string' && keyIds.has(kid)
      ? { outcome: 'read', keyId: kid }
      : { outcome: 'refused', status: 401, reason: 'key_id' };
  },
  readClaims: (payload, organizationId) =>
    Reflect.get(Object(payload), 'late') === true
      ? { outcome: 'refused', status: 401, reason: 'expired' }
      : { outcome: 'read', claims: organizationId },
};

const sign = (claims: Record<string, unknown>, key: KeyObject = good.privateKey, kid = 'k1'): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

const verify = (token: string, only: typeof acme | undefined = acme) =>
  verifyToken(token, {
    organizations: { named: (id) => [acme, without].find((each) => each.id === id), only: () => only },
    keySets,
    rules,
  });

test('a token is verified with the keys of whom it names, or of the only one there is', async () => {
  for (const claims of [{ portkey_oid: 'acme' }, { organisation_id: 'acme' }, {}]) {
    expect(await verify(await sign(claims))).toEqual({ outcome: 'verified', claims: 'acme', organization: acme });
  }
});

test('a refusal names whom the token claims to be of, if that may be', async () => {
  const refused = async (token: string, only?: typeof acme) => {
    const found = await verify(token, only);
    return found.outcome === 'refused' ? [found.status, found.reason, found.claimed?.id] : found;
  };
  expect(await refused(await sign({ portkey_oid: 'acme' }, other.privateKey))).toEqual([401, 'signature', 'acme']);
  expect(await refused(await sign({ portkey_oid: 'acme' }, good.privateKey, 'k2'))).toEqual([401, 'key_id', 'acme']);
  expect(await refused(await sign({ portkey_oid: 'acme', late: true }))).toEqual([401, 'expired', 'acme']);
  expect(await refused(await sign({ portkey_oid: 'nobody' }))).toEqual([403, 'organisation_unknown', undefined]);
  expect(await refused(await sign({ portkey_oid: 'without' }))).toEqual([403, 'organisation_unknown', undefined]);
  expect(await refused(await sign({}), without)).toEqual([401, 'organisation_missing', undefined]);
  expect(await refused('a.b.c')).toEqual([401, 'malformed', undefined]);
});

test('what an unverified token says is not believed: claims are read after the signature', async () => {
  let read = 0;
  const counting: TokenRules<string> = {
    ...rules,
    readClaims: (payload, id) => {
      read += 1;
      return rules.readClaims(payload, id);
    },
  };
  const organizations = { named: () => acme, only: () => acme };
  await verifyToken(await sign({ portkey_oid: 'acme' }, other.privateKey), { organizations, keySets, rules: counting });
  expect(read).toBe(0);
});

test.each([
  ['aa.bb.cc', true],
  ['aa.bb.', false],
  ['aa.bb', false],
  ['aa.bb.cc.dd', false],
  ['pk-aabbcc', false],
  [`a.b.${'c'.repeat(20_000)}`, false],
])('%.20s is a token: %s', (text, expected) => {
  expect(isToken(text)).toBe(expected);
});
