import { UnsupportedValue } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';

/** Deeper schemas are refused: nothing sensible nests so far, and every level costs stack. */
const MAX_DEPTH = 100;

const KEPT = ['type', 'enum', 'const', 'title', 'description', 'default', 'required'];
const KEPT_FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'];
/** Rules that the provider cannot enforce; they become part of the description, for the model to read. */
const DESCRIBED = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'not'],
]);

/**
 * A JSON schema with only the keywords that the provider's structured output takes. Every object is closed.
 * @throws UnsupportedValue when the schema nests deeper than {@link MAX_DEPTH}
 * @source the provider's page "Structured outputs", "JSON Schema limitations"
 */
export const toStrictSchema = (schema: JsonObject, param: string): JsonObject => {
  const clean = (value: Json | undefined, depth: number): Json | undefined => {
    if (depth > MAX_DEPTH) throw new UnsupportedValue(`a schema may nest ${MAX_DEPTH} levels`, param);
    return isObject(value) ? node(value, depth) : value;
  };
  const each = (value: Json | undefined, depth: number): Json[] =>
    isArray(value) ? value.flatMap((item) => clean(item, depth + 1) ?? []) : [];
  const named = (value: JsonObject, depth: number): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, depth + 1)]));

  const node = (from: JsonObject, depth: number): JsonObject => {
    const out: Record<string, Json | undefined> = {};
    for (const key of ['$defs', 'definitions']) {
      const value = from[key];
      if (isObject(value)) out[key] = named(value, depth);
    }
    if (from.$ref !== undefined) return { $ref: from.$ref, ...out };
    for (const key of KEPT) if (from[key] !== undefined) out[key] = from[key];
    if (isObject(from.properties)) out.properties = named(from.properties, depth);
    if (from.items !== undefined) {
      out.items = isArray(from.items) ? each(from.items, depth) : clean(from.items, depth + 1);
    }
    if (isArray(from.anyOf) || isArray(from.oneOf))
      out.anyOf = [...each(from.anyOf, depth), ...each(from.oneOf, depth)];
    if (isArray(from.allOf)) out.allOf = each(from.allOf, depth);
    if (typeof from.format === 'string' && KEPT_FORMATS.includes(from.format)) out.format = from.format;
    if (isSmallMinimum(from.minItems)) out.minItems = from.minItems;
    if (isObjectSchema(from)) out.additionalProperties = false;
    const description = described(from);
    if (description !== '') out.description = description;
    return out;
  };
  return node(schema, 0);
};

const isSmallMinimum = (value: Json | undefined): boolean => value === 0 || value === 1;

const isObjectSchema = ({ type, properties }: JsonObject): boolean =>
  type === 'object' || (isArray(type) && type.includes('object')) || (type === undefined && isObject(properties));

const described = (from: JsonObject): string => {
  const rules = Object.entries(from)
    .filter(([key, value]) => DESCRIBED.has(key) && !(key === 'minItems' && isSmallMinimum(value)))
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const own = typeof from.description === 'string' && from.description !== '' ? [from.description] : [];
  return [...own, ...rules].join('; ');
};
