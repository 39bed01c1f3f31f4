import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isObject, type Json } from '../spec/json.ts';
import { isEmptyObjectSchema, toGeminiSchema } from './schema.ts';

const convert = (schema: Json) => toGeminiSchema(schema, true);

it('leaves out what the subset does not know, at every depth, but never a property of that name', () => {
  const schema = {
    $schema: 'x',
    $id: 'y',
    type: 'object',
    additionalProperties: false,
    properties: {
      not: { type: 'integer', exclusiveMinimum: 1, multipleOf: 2, minimum: 1 },
      const: { type: 'array', uniqueItems: true, items: { type: 'string', examples: ['a'] } },
    },
    required: ['not'],
    if: {},
  };
  expect(convert(schema)).toEqual({
    type: 'object',
    properties: {
      not: { type: 'integer', minimum: 1 },
      const: { type: 'array', items: { type: 'string' } },
    },
    required: ['not'],
  });
});

it.each<[string, Json, Json]>([
  ['a null type', { type: ['string', 'null'], maxLength: 3 }, { type: 'string', maxLength: 3, nullable: true }],
  [
    'several types',
    { type: ['string', 'array', 'null'], items: { type: 'number' }, maxLength: 3, description: 'd' },
    {
      description: 'd',
      anyOf: [
        { type: 'string', maxLength: 3 },
        { type: 'array', items: { type: 'number' } },
      ],
      nullable: true,
    },
  ],
  [
    'a null branch',
    { anyOf: [{ type: 'null' }, { type: 'integer' }], title: 't' },
    { type: 'integer', title: 't', nullable: true },
  ],
  [
    'a null branch among several',
    { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
    { anyOf: [{ type: 'string' }, { type: 'integer' }], nullable: true },
  ],
  ['oneOf', { oneOf: [{ type: 'string' }, { type: 'integer' }] }, { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
  [
    'allOf of objects',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { type: 'object', properties: { b: true }, required: ['b'] },
      ],
      description: 'd',
    },
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'object' } },
      required: ['a', 'b'],
      description: 'd',
    },
  ],
  ['allOf of one', { allOf: [{ type: 'string' }], description: 'd' }, { type: 'string', description: 'd' }],
  [
    'allOf of others',
    { allOf: [{ type: 'string' }, { minLength: 1 }] },
    { allOf: [{ type: 'string' }, { minLength: 1 }] },
  ],
  ['a constant', { const: 5 }, { type: 'string', enum: ['5'] }],
  [
    'numbers as choices',
    { type: 'integer', enum: [1, 2], description: 'd' },
    { type: 'string', enum: ['1', '2'], description: 'd Values are of type integer.' },
  ],
  ['null as a choice', { enum: ['a', null] }, { type: 'string', enum: ['a'], nullable: true }],
  ['an unknown format', { type: 'string', format: 'email' }, { type: 'string' }],
  ['a known format', { type: 'string', format: 'date-time' }, { type: 'string', format: 'date-time' }],
  ['a newer format', { type: 'string', format: 'date' }, { type: 'string', format: 'date' }],
  [
    'an open property',
    { type: 'object', properties: { a: {} } },
    { type: 'object', properties: { a: { type: 'object' } } },
  ],
  [
    'a reference with siblings',
    {
      $ref: '#/definitions/a~1b',
      description: 'own',
      definitions: { 'a/b': { type: 'string', description: 'theirs' } },
    },
    { type: 'string', description: 'own' },
  ],
])('converts %s', (_name, schema, wanted) => {
  const before = JSON.stringify(schema);
  expect(convert(schema)).toEqual(wanted);
  expect(JSON.stringify(schema)).toBe(before);
});

it('keeps newer formats from older models', () => {
  expect(toGeminiSchema({ type: 'string', format: 'date' }, false)).toEqual({ type: 'string' });
});

it('gives up on what cannot be said: recursion, unknown references, growth without bound', () => {
  expect(convert({ $ref: '#/$defs/a', $defs: { a: { items: { $ref: '#/$defs/a' } } } })).toBe(undefined);
  expect(convert({ $ref: '#/$defs/none' })).toBe(undefined);
  expect(convert({ anyOf: [], oneOf: [] })).toBe(undefined);
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_none, at) => {
      const next = { $ref: `#/$defs/d${at + 1}` };
      return [`d${at}`, { type: 'object', properties: { a: next, b: next } }];
    }),
  );
  expect(convert({ $ref: '#/$defs/d0', $defs: { ...doubling, d40: { type: 'string' } } })).toBe(undefined);
  let deep: Json = { type: 'string' };
  for (let at = 0; at < 5_000; at++) deep = { type: 'array', items: deep };
  expect(convert(deep)).toBe(undefined);
});

it('never throws and never leaves a reference behind', () => {
  const leaf = fc.oneof(
    fc.constantFrom<Json>({ type: 'string' }, { $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }, true, {}, null, 3),
    fc.record({ type: fc.constantFrom<Json>('object', ['string', 'null'], 'null', []), enum: fc.array(fc.integer()) }),
  );
  const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
      fc.record({ allOf: fc.array(tie('schema'), { maxLength: 3 }) }),
      fc.record({ properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }) }),
    ),
  }));
  fc.assert(
    fc.property(schema, schema, (root, definition) => {
      const converted = convert({ ...(isObject(root) ? root : {}), $defs: { a: definition } });
      expect(JSON.stringify(converted) ?? '').not.toContain('"$ref":');
    }),
  );
});

it('knows schemas that only say "an object"', () => {
  for (const schema of [undefined, {}, { type: 'object' }, { type: 'object', properties: {}, required: [] }]) {
    expect(isEmptyObjectSchema(schema)).toBe(true);
  }
  for (const schema of [{ type: 'string' }, { $ref: '#/$defs/a' }, { properties: { a: {} } }, { anyOf: [] }]) {
    expect(isEmptyObjectSchema(schema)).toBe(false);
  }
});
