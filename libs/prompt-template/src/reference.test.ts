import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLabelName, parsePartialReference, parseReference } from './reference.ts';

test.each([
  ['pp-x', { kind: 'published' }],
  ['pp-x@12', { kind: 'number', number: 12 }],
  ['pp-x@latest', { kind: 'latest' }],
  ['pp-x@production', { kind: 'label', label: 'production' }],
])('%s names a version', (text, version) => {
  expect(parseReference(text)).toEqual({ prompt: 'pp-x', isUuid: false, version });
});

test('the uuid of a prompt is taken where a slug is', () => {
  const prompt = '0b0e4a3c-8a2f-4d5a-9f7e-1c2d3e4f5a6b';
  expect(parseReference(prompt)).toEqual({ prompt, isUuid: true, version: { kind: 'published' } });
  expect(parseReference(`${prompt}@3`)).toMatchObject({ isUuid: true, version: { number: 3 } });
});

test.each(['', '@12', 'pp-x@', 'pp-x@0', 'pp-x@default', 'pp-x@a b', 'pp-x@1@2', 'pp x', '../x', 'pp-x@99999999999'])(
  '%j names nothing',
  (text) => {
    expect(parseReference(text)).toBeUndefined();
  },
);

test('a partial is named by number or latest, never by label', () => {
  expect(parsePartialReference('pp-part')).toMatchObject({ version: { kind: 'published' } });
  expect(parsePartialReference('pp-part@5')).toMatchObject({ version: { number: 5 } });
  expect(parsePartialReference('pp-part@latest')).toMatchObject({ version: { kind: 'latest' } });
  expect(parsePartialReference('pp-part@production')).toBeUndefined();
});

test.each(['production', 'v1', 'latest2', 'x-default', 'rc.1', '1a', '_'])('%j may be a label', (name) => {
  expect(isLabelName(name)).toBe(true);
});

test.each(['', 'latest', 'default', '42', 'a b', 'a@b', 'a.b.c', 'x'.repeat(129), `${'a'.repeat(128)}!!`])(
  '%j may not be a label',
  (name) => {
    expect(isLabelName(name)).toBe(false);
  },
);

test('every label can be referred to, and a reference says the label back', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 140 }), (name) => {
      const reference = parseReference(`pp-x@${name}`);
      if (isLabelName(name)) expect(reference?.version).toEqual({ kind: 'label', label: name });
      else expect(reference?.version.kind).not.toBe('label');
    }),
  );
});
