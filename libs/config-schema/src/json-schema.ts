import * as z from 'zod';
import { cache } from './cache.ts';
import { isObject, type JsonObject } from './json.ts';
import { configNode } from './target.ts';

/**
 * The config as a JSON Schema (draft 2020-12), for editors. It describes the canonical spelling of a saved config;
 * `parseConfig` knows more rules than a schema can say.
 */
export const configJsonSchema = (): JsonObject => {
  const schema: unknown = z.toJSONSchema(configNode, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (zodSchema === cache) withLegacyForm(jsonSchema);
    },
  });
  return isObject(schema) ? { ...schema, title: 'Gateway config' } : {};
};

/** `"cache": "simple"` is still accepted; it becomes the object form before the schema sees it. */
const withLegacyForm = (schema: z.core.JSONSchema.BaseSchema): void => {
  const object = { ...schema };
  for (const key of Object.keys(schema)) delete schema[key];
  schema.anyOf = [object, { type: 'string', enum: [...cache.shape.mode.options] }];
};
