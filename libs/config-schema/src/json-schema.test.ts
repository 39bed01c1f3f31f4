import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from './json-schema.ts';

const committed = new URL('../config.schema.json', import.meta.url);

/** `UPDATE_CONFIG_SCHEMA=1 vitest run libs/config-schema` writes the file anew. */
if (process.env.UPDATE_CONFIG_SCHEMA === '1')
  writeFileSync(committed, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);

test('the committed JSON Schema is the one the code generates', () => {
  expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(configJsonSchema());
});

test('the JSON Schema refuses unknown keys, recurses and knows the legacy cache form', () => {
  expect(configJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    properties: {
      targets: { items: { $ref: '#' }, minItems: 1 },
      cache: { anyOf: [{ type: 'object' }, { enum: ['simple', 'semantic'] }] },
      override_params: { type: 'object' },
      request_timeout: { type: 'integer', minimum: 1 },
    },
  });
});
