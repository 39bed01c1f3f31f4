import { expect, test } from 'vitest';
import { assertMetadata, metadataSchemaProblem } from './metadata-schema.ts';

const schema = {
  type: 'object',
  required: ['team'],
  properties: { team: { type: 'string', enum: ['search', 'ads'] }, mail: { type: 'string', format: 'email' } },
  additionalProperties: false,
};

test('metadata that fits passes', () => {
  expect(() => assertMetadata(schema, { team: 'ads', mail: 'a@example.com' }, 'defaults.metadata')).not.toThrow();
});

test('every problem has its line, with the path of the field', () => {
  const refuse = () => assertMetadata(schema, { team: 'law', mail: 'nobody', x: '1' }, 'defaults.metadata');
  expect(refuse).toThrow(
    expect.objectContaining({
      type: 'invalid_request_error',
      errors: [
        expect.stringMatching(/^defaults\.metadata: .*: x$/),
        expect.stringMatching(/^defaults\.metadata\.team: .*: search, ads$/),
        expect.stringMatching(/^defaults\.metadata\.mail: .*email/),
      ],
    }),
  );
});

test.each([
  ['a reference, by which a small schema can ask for endless work', { $ref: '#' }],
  ['a reference further in', { properties: { a: { allOf: [{ $ref: '#/definitions/x' }] } }, definitions: { x: {} } }],
  ['an answer that comes later, which nobody waits for', { $async: true, type: 'object' }],
  ['a pattern that only a backtracking engine could match', { properties: { a: { pattern: '(a+)\\1' } } }],
  ['such a pattern for names', { patternProperties: { '(?=a)b': { type: 'string' } } }],
])('a schema with %s is refused', (_what, given) => {
  expect(metadataSchemaProblem(given)).toEqual(expect.any(String));
});

test('patterns are matched in linear time', () => {
  const nested = { properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
  expect(metadataSchemaProblem(nested)).toBeUndefined();
  expect(() => assertMetadata(nested, { a: 'a'.repeat(127) }, 'm')).not.toThrow();
  expect(() => assertMetadata(nested, { a: `${'a'.repeat(24)}!` }, 'm')).toThrow(/pattern/);
});

test('a schema that is none is told of', () => {
  expect(metadataSchemaProblem(schema)).toBeUndefined();
  expect(metadataSchemaProblem({ type: 'nonsense' })).toMatch(/type/);
  expect(metadataSchemaProblem({ description: 'x'.repeat(20_000) })).toMatch(/at most/);
});
