import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestApiKey, matchDigest, type Pepper, possibleDigests } from './digest.ts';
import { createApiKey } from './format.ts';

const pepper = (id: string, byte: number): Pepper => ({ id, secret: new Uint8Array(32).fill(byte) });
const first = pepper('p1', 1);
const second = pepper('p2', 2);
const third = pepper('p3', 3);

test('a digest is HMAC-SHA-256 of the whole key and names its pepper', () => {
  const expected = createHmac('sha256', first.secret).update('pk-x').digest('hex');
  const { pepperId, digest } = digestApiKey('pk-x', first);
  expect(pepperId).toBe('p1');
  expect(Buffer.from(digest).toString('hex')).toBe(expected);
});

test('a key matches its own digest and no other key does', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, other) => {
      const stored = digestApiKey(key, first);
      expect(matchDigest(key, stored, { current: first, previous: null })).toBe('current');
      expect(matchDigest(other, stored, { current: first, previous: null })).toBe(other === key ? 'current' : 'none');
    }),
  );
});

test('after the pepper changed, old digests match and ask to be rewritten, until the old pepper is gone', () => {
  const key = createApiKey();
  const stored = digestApiKey(key, first);
  expect(matchDigest(key, stored, { current: second, previous: first })).toBe('stale');
  expect(matchDigest(key, digestApiKey(key, second), { current: second, previous: first })).toBe('current');
  expect(matchDigest(key, stored, { current: third, previous: second })).toBe('none');
});

test('a digest under another pepper of the same id, or a cut digest, matches nothing', () => {
  const key = createApiKey();
  const stored = digestApiKey(key, first);
  expect(matchDigest(key, stored, { current: pepper('p1', 9), previous: null })).toBe('none');
  const cut = { ...stored, digest: stored.digest.slice(0, 31) };
  expect(matchDigest(key, cut, { current: first, previous: null })).toBe('none');
});

test('a key that nothing is stored of matches nothing', () => {
  expect(matchDigest(createApiKey(), undefined, { current: first, previous: null })).toBe('none');
  expect(matchDigest(createApiKey(), undefined, { current: first, previous: second })).toBe('none');
});

test('a look-up tries the current pepper first', () => {
  expect(possibleDigests('k', { current: second, previous: first }).map(({ pepperId }) => pepperId)).toEqual([
    'p2',
    'p1',
  ]);
  expect(possibleDigests('k', { current: second, previous: null })).toHaveLength(1);
});

test('a short pepper is refused', () => {
  expect(() => digestApiKey('k', { id: 'p', secret: new Uint8Array(31) })).toThrow(RangeError);
});
