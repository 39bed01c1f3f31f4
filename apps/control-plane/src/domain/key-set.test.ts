import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { keySetProblems } from './key-set.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const good = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1' };
const small = {
  ...generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' }),
  kid: 'k1',
};

test('public RSA keys with names are what tokens are verified by', () => {
  expect(keySetProblems({ keys: [good, { ...good, kid: 'k2', alg: 'RS256', use: 'sig' }] })).toEqual([]);
});

test.each([
  [{}, 'jwks.keys', /array/],
  [{ keys: [] }, 'jwks.keys', /array/],
  [{ keys: [good, good] }, 'jwks.keys', /one kid/],
  [{ keys: ['x'] }, 'jwks.keys.0', /object/],
  [{ keys: [{ ...good, kid: undefined }] }, 'jwks.keys.0', /kid/],
  [{ keys: [{ ...good, alg: 'HS256' }] }, 'jwks.keys.0', /RS256/],
  [{ keys: [{ ...good, kty: 'EC' }] }, 'jwks.keys.0', /RSA/],
  [{ keys: [{ ...good, n: 'AQAB' }] }, 'jwks.keys.0', /read|bits/],
  [{ keys: [good, small].map((key, at) => ({ ...key, kid: `k${at}` })) }, 'jwks.keys.1', /2048 bits/],
  [{ keys: [{ ...pair.privateKey.export({ format: 'jwk' }), kid: 'k1' }] }, 'jwks.keys.0', /private/],
])('a set that is none is told by its path', (set, path, message) => {
  expect(keySetProblems(set)).toEqual([{ path, message: expect.stringMatching(message) }]);
});
