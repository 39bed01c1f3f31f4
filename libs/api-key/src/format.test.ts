import { expect, test } from 'vitest';
import { createApiKey, isApiKey, maskApiKey, publicPartOf } from './format.ts';

test('a key has 8 public characters, 256 random bits and a checksum', () => {
  const key = createApiKey();
  expect(key).toMatch(/^pk-[a-z0-9]{8}[\w-]{43}[\w-]{6}$/);
  expect(isApiKey(key)).toBe(true);
  expect(createApiKey()).not.toBe(key);
});

test('a known key stays a key', () => {
  expect(isApiKey('pk-abcdefgh0000000000000000000000000000000000000000000jgTKt6')).toBe(true);
});

test('one changed character anywhere makes it no key', () => {
  const key = createApiKey();
  for (let at = 0; at < key.length; at += 1) {
    const changed = key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1);
    expect(isApiKey(changed), `position ${at}`).toBe(false);
  }
});

test.each(['', 'pk-', 'sk-abc', ' '.repeat(60)])('%j is no key', (text) => {
  expect(isApiKey(text)).toBe(false);
  expect(publicPartOf(text)).toBeUndefined();
  expect(maskApiKey(text)).toBe('********');
});

test('a key with a line end is no key', () => {
  expect(isApiKey(`${createApiKey()}\n`)).toBe(false);
});

test('the masked form shows the public part and the end of the checksum, none of the 256 bits', () => {
  const key = createApiKey();
  expect(maskApiKey(key)).toBe(`pk-${publicPartOf(key)}********${key.slice(-4)}`);
  const secret = key.slice(11, 54);
  for (let at = 0; at + 8 <= secret.length; at += 1) expect(maskApiKey(key)).not.toContain(secret.slice(at, at + 8));
});
