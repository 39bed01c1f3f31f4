import { isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from './json.ts';

const MAX_DEPTH = 12;

const STRINGS_BY_FORMAT: ReadonlyMap<string, string> = new Map([
  ['date', '2026-01-01'],
  ['date-time', '2026-01-01T00:00:00Z'],
  ['time', '00:00:00Z'],
  ['duration', 'PT1S'],
  ['email', 'someone@example.com'],
  ['hostname', 'example.com'],
  ['uri', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
]);

/**
 * The smallest value we can think of that satisfies a JSON Schema: required properties only, the first choice of
 * every list, always the same. `pattern` and `not` are not looked at.
 * @param name what a plain string says; property names are used further down
 */
export const sampleOf = (schema: Json | undefined, name = 'value'): Json => sample(schema, name, schema, 0);

const sample = (schema: Json | undefined, name: string, root: Json | undefined, depth: number): Json => {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const of = (inner: Json | undefined, as = name) => sample(inner, as, root, depth + 1);
  const target = stringAt(schema, '$ref');
  if (target !== undefined) return of(resolve(root, target));
  if (schema.const !== undefined) return schema.const;
  if (isArray(schema.enum)) return schema.enum[0] ?? null;
  if (isArray(schema.allOf)) return of(merged(schema, schema.allOf, root));
  for (const choices of [schema.anyOf, schema.oneOf]) {
    if (isArray(choices)) return of(choices.find((one) => stringAt(asObject(one), 'type') !== 'null') ?? choices[0]);
  }
  switch (typeOf(schema)) {
    case 'object':
      return objectSample(schema, of);
    case 'array':
      return Array.from({ length: Math.min(numberAt(schema, 'minItems') ?? 1, 100) }, () => of(schema.items));
    case 'integer':
    case 'number':
      return numberSample(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringSample(schema, name);
  }
};

const asObject = (value: Json): JsonObject | undefined => (isObject(value) ? value : undefined);

const typeOf = (schema: JsonObject): string => {
  const type = isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (typeof type === 'string') return type.toLowerCase();
  if (schema.properties !== undefined) return 'object';
  return schema.items === undefined ? 'string' : 'array';
};

const objectSample = (schema: JsonObject, of: (inner: Json | undefined, as?: string) => Json): JsonObject => {
  const required = isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    required.flatMap((key) =>
      typeof key === 'string' ? [[key, of(objectAt(schema, 'properties')?.[key] ?? { type: 'string' }, key)]] : [],
    ),
  );
};

const numberSample = (schema: JsonObject): number => {
  const step = numberAt(schema, 'multipleOf') ?? 1;
  const above = numberAt(schema, 'exclusiveMinimum');
  const floor = above === undefined ? (numberAt(schema, 'minimum') ?? 1) : above + step / 2;
  const ceiling = numberAt(schema, 'maximum') ?? Number.POSITIVE_INFINITY;
  const value = Math.ceil(floor / step) * step;
  if (value <= ceiling) return value;
  return floor > ceiling || stringAt(schema, 'type') === 'integer' ? Math.floor(ceiling / step) * step : floor;
};

const stringSample = (schema: JsonObject, name: string): string => {
  const text = STRINGS_BY_FORMAT.get(stringAt(schema, 'format') ?? '') ?? name;
  const longest = numberAt(schema, 'maxLength') ?? Number.POSITIVE_INFINITY;
  return text.padEnd(Math.min(numberAt(schema, 'minLength') ?? 0, 10_000), '.').slice(0, longest);
};

/** A local reference such as `#/$defs/Kind`; anything else is not ours to follow. */
const resolve = (root: Json | undefined, pointer: string): Json | undefined => {
  if (!pointer.startsWith('#')) return undefined;
  let at: Json | undefined = root;
  for (const key of pointer.split('/').slice(1)) {
    if (!isObject(at)) return undefined;
    at = at[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return at;
};

const merged = (schema: JsonObject, parts: readonly Json[], root: Json | undefined): JsonObject => {
  const { allOf: _, ...own } = schema;
  const objects = [own, ...parts].flatMap((part) => {
    const target = stringAt(asObject(part), '$ref');
    const found = target === undefined ? part : resolve(root, target);
    return isObject(found) ? [found] : [];
  });
  return {
    ...Object.fromEntries(objects.flatMap((part) => Object.entries(part))),
    properties: Object.fromEntries(objects.flatMap((part) => Object.entries(objectAt(part, 'properties') ?? {}))),
    required: objects.flatMap((part) => (isArray(part.required) ? part.required : [])),
  };
};
