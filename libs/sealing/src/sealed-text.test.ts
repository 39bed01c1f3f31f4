import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyIdOf, openText, type SealedPlace, type SealingKey, sealText, UnreadableText } from './sealed-text.ts';

const newKey = (id: string): SealingKey => ({ id, key: createSecretKey(randomBytes(32)) });
const KEY = newKey('key-1');
const PLACE: SealedPlace = { purpose: 'note/v1', ids: ['org-1', 'note-1', 'version-1'] };

const outcome = (open: () => string): string => {
  try {
    return `opened ${open()}`;
  } catch (error) {
    if (error instanceof UnreadableText) return error.reason;
    throw error;
  }
};

test('every text comes back as it was, and two sealed copies of it have nothing in common', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
      const [first, second] = [sealText(plain, KEY, PLACE), sealText(plain, KEY, PLACE)];
      expect(openText(first, KEY, PLACE)).toBe(plain);
      expect(keyIdOf(first)).toBe('key-1');
      expect(first.split('.').slice(2)).not.toEqual(second.split('.').slice(2));
    }),
  );
});

test('it opens at its own place only', () => {
  const sealed = sealText('secret', KEY, PLACE);
  const [a, b, c] = ['org-1', 'note-1', 'version-1'];
  const others: readonly SealedPlace[] = [
    { ...PLACE, purpose: 'note/v2' },
    { ...PLACE, ids: ['org-2', b, c] },
    { ...PLACE, ids: [a, 'note-2', c] },
    { ...PLACE, ids: [a, b, 'version-2'] },
    { ...PLACE, ids: [a, b] },
    { ...PLACE, ids: [a, `${b}${c}`] },
    { ...PLACE, ids: [b, a, c] },
  ];
  for (const place of others) expect(outcome(() => openText(sealed, KEY, place))).toBe('refused');
});

test('one changed character anywhere is seen', () => {
  const sealed = sealText('secret', KEY, PLACE);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AZaz09-_.'), (at, letter) => {
      fc.pre(sealed[at] !== letter);
      const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
      expect(outcome(() => openText(changed, KEY, PLACE))).not.toMatch(/^opened/);
    }),
    { numRuns: 500 },
  );
});

test('another key does not open it, whatever it is called', () => {
  const sealed = sealText('secret', KEY, PLACE);
  expect(outcome(() => openText(sealed, newKey('key-2'), PLACE))).toBe('other_key');
  expect(outcome(() => openText(sealed, newKey('key-1'), PLACE))).toBe('refused');
  const renamed = sealed.replace('key-1', 'key-2');
  expect(outcome(() => openText(renamed, { ...KEY, id: 'key-2' }, PLACE))).toBe('refused');
});

test('what is not a sealed text is told apart', () => {
  const sealed = sealText('secret', KEY, PLACE);
  for (const text of [
    '',
    '{}',
    'secret',
    `${sealed}.`,
    `${sealed}=`,
    sealed.replace('s1', 's2'),
    's1.key-1.AA.AA.AA',
  ]) {
    expect(
      outcome(() => openText(text, KEY, PLACE)),
      text,
    ).toBe('malformed');
  }
});

test('nothing secret is in an error or in a printed key', () => {
  const sealed = sealText('the secret itself', KEY, PLACE);
  const errors = [`${sealed}A`, sealed.replace('key-1', 'key-2')].map((text) => {
    try {
      return openText(text, KEY, PLACE);
    } catch (error) {
      return error;
    }
  });
  const printed = inspect([errors, KEY], { depth: 9 }) + JSON.stringify([errors, KEY]);
  expect(printed).not.toContain('the secret itself');
  expect(printed).not.toContain(KEY.key.export().toString('hex'));
  expect(printed).not.toContain(KEY.key.export().toString('base64'));
});
