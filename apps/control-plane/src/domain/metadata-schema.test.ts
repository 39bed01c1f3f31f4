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

test('a schema that is none is told of', () => {
  expect(metadataSchemaProblem(schema)).toBeUndefined();
  expect(metadataSchemaProblem({ type: 'nonsense' })).toMatch(/type/);
  expect(metadataSchemaProblem({ description: 'x'.repeat(20_000) })).toMatch(/at most/);
});
