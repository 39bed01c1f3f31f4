import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isChosenSlug, makeSlug, type SlugEntity } from './slugs.ts';

const fixed = () => Uint8Array.of(0xca, 0x7a, 0x07);

test.each([
  ['config', 'pplx-citations', 'pc-pplx-c-ca7a07'],
  ['config', 'PII Redaction', 'pc-pii-re-ca7a07'],
  ['prompt', 'Hello World', 'pp-hello-w-ca7a07'],
  ['workspace', 'Shared Team', 'ws-shared-ca7a07'],
  ['guardrail', 'patronus', 'pg-patron-ca7a07'],
  ['virtual-key', 'Azure Test', 'azure-test-ca7a07'],
  ['virtual-key', '  Café & Crème!  ', 'cafe-creme-ca7a07'],
  ['config', 'Ümläut', 'pc-umlaut-ca7a07'],
  ['config', 'abcde fgh', 'pc-abcde-ca7a07'],
  ['config', '日本語', 'pc-config-ca7a07'],
  ['virtual-key', '', 'key-ca7a07'],
] as const)('a %s called %j is %s', (entity, name, slug) => {
  expect(makeSlug(entity, name, fixed)).toBe(slug);
});

test('whatever the name, a slug is one that is allowed, ends in 6 random digits and stays short', () => {
  const entities = fc.constantFrom<SlugEntity>(
    'config',
    'prompt',
    'workspace',
    'guardrail',
    'virtual-key',
    'collection',
  );
  const random = fc.uint8Array({ minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(entities, fc.string({ unit: 'binary', maxLength: 200 }), random, (entity, name, bytes) => {
      const slug = makeSlug(entity, name, () => bytes);
      expect(isChosenSlug(slug)).toBe(true);
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{6}$/);
      expect(slug.endsWith(Buffer.from(bytes).toString('hex'))).toBe(true);
      expect(slug.length).toBeLessThanOrEqual(71);
    }),
  );
});

test.each(['', 'a b', 'a.b', 'ä', 'a/b', 'x'.repeat(256), 'a\n'])('%j cannot be chosen as a slug', (slug) => {
  expect(isChosenSlug(slug)).toBe(false);
});
