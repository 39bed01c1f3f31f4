import { expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import { toStrictSchema } from './schema.ts';

const strict = (schema: JsonObject) => toStrictSchema(schema, 'p');

it('closes every object and tells the rules it cannot keep in the description, in their order', () => {
  expect(
    strict({
      type: 'object',
      $schema: 'x',
      properties: {
        a: { type: 'array', items: { type: 'object', properties: {} }, minItems: 2, maxItems: 3, description: 'Some' },
        b: { oneOf: [{ type: 'string', format: 'uri' }, { type: ['object', 'null'] }] },
        c: { type: 'string', format: 'color', maxLength: 3, pattern: '^a', not: { const: 'b' } },
        d: { type: 'array', minItems: 1 },
      },
      additionalProperties: { type: 'string' },
      minProperties: 1,
    }),
  ).toEqual({
    type: 'object',
    properties: {
      a: {
        type: 'array',
        items: { type: 'object', properties: {}, additionalProperties: false },
        description: 'Some; minItems: 2; maxItems: 3',
      },
      b: {
        anyOf: [
          { type: 'string', format: 'uri' },
          { type: ['object', 'null'], additionalProperties: false },
        ],
      },
      c: { type: 'string', description: 'maxLength: 3; pattern: ^a; not: {"const":"b"}' },
      d: { type: 'array', minItems: 1 },
    },
    additionalProperties: false,
    description: 'minProperties: 1',
  });
});

it('keeps nothing beside a reference but the definitions it may point to', () => {
  const schema = {
    $ref: '#/$defs/n',
    description: 'x',
    $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } },
  };
  expect(strict(schema)).toEqual({
    $ref: '#/$defs/n',
    $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } }, additionalProperties: false } },
  });
});

it('takes a property for a property whatever its name', () => {
  expect(
    strict({ type: 'object', properties: { minimum: { type: 'number' }, $ref: { type: 'string' } } }),
  ).toMatchObject({
    properties: { minimum: { type: 'number' }, $ref: { type: 'string' } },
  });
});

it('refuses a schema too deep to walk', () => {
  let deep: JsonObject = { type: 'string' };
  for (let level = 0; level < 5000; level++) deep = { items: deep };
  expect(() => strict(deep)).toThrow('a schema may nest');
});
