import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { sampleOf } from './schema-sample.ts';

const cases: readonly [name: string, schema: Json, sample: Json][] = [
  [
    'required properties only, named after themselves',
    { type: 'object', properties: { city: { type: 'string' }, note: { type: 'string' } }, required: ['city'] },
    { city: 'city' },
  ],
  ['the first of an enum', { enum: ['c', 'f'] }, 'c'],
  ['a constant', { const: 7 }, 7],
  ['no null when something else is allowed', { type: ['null', 'integer'] }, 1],
  ['the branch that is not null', { anyOf: [{ type: 'null' }, { type: 'boolean' }] }, true],
  ['bounds of numbers', { type: 'integer', minimum: 10, multipleOf: 4 }, 12],
  ['an exclusive bound', { type: 'integer', exclusiveMinimum: 3 }, 4],
  ['a ceiling below one', { type: 'number', maximum: 0 }, 0],
  ['lengths of strings', { type: 'string', minLength: 8, maxLength: 8 }, 'value...'],
  ['no format by an odd name', { type: 'string', format: 'constructor' }, 'value'],
  ['formats', { type: 'string', format: 'date' }, '2026-01-01'],
  ['as many items as asked', { type: 'array', minItems: 2, items: { type: 'null' } }, [null, null]],
  [
    'local references',
    {
      type: 'object',
      properties: { kind: { $ref: '#/$defs/Kind' } },
      required: ['kind'],
      $defs: { Kind: { enum: ['cat'] } },
    },
    { kind: 'cat' },
  ],
  [
    'all parts of allOf',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
        { properties: { b: { type: 'boolean' } }, required: ['b'] },
      ],
    },
    { a: 1, b: true },
  ],
];

test.each(cases)('%s', (_name, schema, sample) => {
  expect(sampleOf(schema)).toEqual(sample);
});

test('a schema that contains itself comes to an end', () => {
  const schema = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
  expect(JSON.stringify(sampleOf(schema)).length).toBeLessThan(1000);
});
