import { isArray, isObject, type Json, type JsonObject, stringAt } from '../spec/json.ts';

/** Larger or deeper than this after its references are written out, a schema is sent in its original form. */
const MAX_NODES = 5_000;
const MAX_DEPTH = 64;

const KEPT = [
  'type',
  'description',
  'title',
  'required',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'nullable',
  'enum',
  'default',
  'propertyOrdering',
] as const;

const FORMATS: ReadonlySet<string> = new Set(['date-time', 'enum', 'int32', 'int64', 'float', 'double']);
const NEWER_FORMATS: ReadonlySet<string> = new Set(['date', 'time', 'duration']);

/** A schema that the older dialect cannot express: recursive, with an unknown reference, or out of bounds. */
class Inexpressible extends Error {}

/**
 * A JSON Schema in the OpenAPI subset that Gemini's `responseSchema` and `parameters` take: references written
 * out, null as `nullable`, constants as enums, unknown keywords left out. The input is not touched.
 * @param takesNewerFormats  models from 2.5 on know dates and durations
 * @returns undefined when the schema cannot be said this way; send it whole in the JSON Schema field then
 */
export const toGeminiSchema = (schema: Json, takesNewerFormats: boolean): JsonObject | undefined => {
  const walk: Walk = { root: schema, takesNewerFormats, references: [], depth: 0, count: { nodes: 0 } };
  try {
    return convert(schema, walk);
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
};

/** True for a schema that only says "an object": Gemini wants no parameters at all then. */
export const isEmptyObjectSchema = (schema: Json | undefined): boolean => {
  if (!isObject(schema)) return true;
  if (schema.type !== undefined && schema.type !== 'object') return false;
  if (['$ref', 'anyOf', 'oneOf', 'allOf'].some((key) => schema[key] !== undefined)) return false;
  return !isObject(schema.properties) || Object.keys(schema.properties).length === 0;
};

interface Walk {
  readonly root: Json;
  readonly takesNewerFormats: boolean;
  /** References being written out, outermost first. */
  readonly references: readonly string[];
  readonly depth: number;
  readonly count: { nodes: number };
}

const convert = (schema: Json | undefined, at: Walk): JsonObject => {
  at.count.nodes += 1;
  if (at.count.nodes > MAX_NODES || at.depth > MAX_DEPTH) throw new Inexpressible();
  const walk = { ...at, depth: at.depth + 1 };
  if (!isObject(schema) || Object.keys(schema).length === 0) return { type: 'object' };
  if (typeof schema.$ref === 'string') return convertReference(schema, schema.$ref, walk);
  if (isArray(schema.allOf)) return convertAllOf(schema, schema.allOf, walk);
  if (isArray(schema.anyOf) && isArray(schema.oneOf)) throw new Inexpressible();
  const branches = schema.anyOf ?? schema.oneOf;
  if (isArray(branches)) return convertBranches(schema, branches, walk);
  return convertSiblings(schema, walk);
};

const convertReference = (schema: JsonObject, reference: string, walk: Walk): JsonObject => {
  if (walk.references.includes(reference)) throw new Inexpressible();
  const target = resolve(reference, walk.root);
  const { $ref: _reference, ...siblings } = schema;
  return convert({ ...target, ...siblings }, { ...walk, references: [...walk.references, reference] });
};

const resolve = (reference: string, root: Json): JsonObject => {
  const path = /^#\/(\$defs|definitions)\/(.+)$/.exec(reference);
  const [, list = '', name = ''] = path ?? [];
  const definitions = isObject(root) ? root[list] : undefined;
  const target = isObject(definitions) ? definitions[decodePointer(name)] : undefined;
  if (!isObject(target)) throw new Inexpressible();
  return target;
};

const decodePointer = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

const convertAllOf = (schema: JsonObject, all: readonly Json[], walk: Walk): JsonObject => {
  const { allOf: _all, ...siblings } = schema;
  const own = Object.keys(siblings).length === 0 ? {} : convertSiblings(siblings, walk);
  const parts = all.map((part) => convert(part, walk));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return mergeObjects([only, own]);
  if (parts.every((part) => part.type === 'object')) return mergeObjects([...parts, own]);
  return { ...own, allOf: parts };
};

/** Later ones win, but properties and required names add up. */
const mergeObjects = (parts: readonly JsonObject[]): JsonObject => {
  const properties = parts.map((part) => part.properties).filter(isObject);
  const required = parts.flatMap((part) => (isArray(part.required) ? part.required : []));
  return {
    ...Object.assign({}, ...parts),
    ...(properties.length === 0 ? {} : { properties: Object.assign({}, ...properties) }),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
  };
};

const convertBranches = (schema: JsonObject, branches: readonly Json[], walk: Walk): JsonObject => {
  const { anyOf: _any, oneOf: _one, ...siblings } = schema;
  const own = convertSiblings(siblings, walk);
  const others = branches.filter((branch) => !isNullSchema(branch)).map((branch) => convert(branch, walk));
  if (others.length === branches.length) return { ...own, anyOf: others };
  const [only] = others;
  return others.length === 1 && only !== undefined
    ? { ...only, ...own, nullable: true }
    : { ...own, ...(others.length === 0 ? {} : { anyOf: others }), nullable: true };
};

/** Everything but references and combinations. */
const convertSiblings = (schema: JsonObject, walk: Walk): JsonObject => {
  if (schema.const !== undefined && schema.const !== null) {
    return { ...plainKeywords(schema, walk), type: 'string', enum: [asText(schema.const)] };
  }
  if (isArray(schema.enum)) return { ...plainKeywords(schema, walk), ...enumOf(schema, schema.enum) };
  return isArray(schema.type) ? convertTypeList(schema, schema.type, walk) : plainKeywords(schema, walk);
};

const isNullSchema = (schema: Json): boolean => isObject(schema) && (schema.type === 'null' || schema.const === null);

const plainKeywords = (schema: JsonObject, walk: Walk): JsonObject => {
  const out: Record<string, Json | undefined> = {};
  for (const key of KEPT) if (schema[key] !== undefined) out[key] = schema[key];
  const format = stringAt(schema, 'format');
  if (format !== undefined && (FORMATS.has(format) || (walk.takesNewerFormats && NEWER_FORMATS.has(format)))) {
    out.format = format;
  }
  if (isObject(schema.properties)) {
    out.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, convert(property, walk)]),
    );
  }
  const items = schema.prefixItems ?? schema.items;
  if (isArray(items)) out.items = convert(items.length === 1 ? items[0] : { anyOf: items }, walk);
  else if (items !== undefined) out.items = convert(items, walk);
  return out;
};

const enumOf = (schema: JsonObject, values: readonly Json[]): JsonObject => {
  const known = values.filter((value) => value !== null);
  const types = isArray(schema.type) ? schema.type : [schema.type];
  const isNullable = known.length < values.length || types.includes('null');
  const areTexts = known.every((value) => typeof value === 'string');
  const originalType = types.find((type) => typeof type === 'string' && type !== 'null') ?? typeof known[0];
  const description = [stringAt(schema, 'description'), `Values are of type ${originalType}.`]
    .filter(Boolean)
    .join(' ');
  return {
    type: 'string',
    enum: known.map(asText),
    ...(isNullable ? { nullable: true } : {}),
    ...(areTexts ? {} : { description }),
  };
};

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Keywords that say something about values of one type only. */
const KEYWORDS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'format'],
  number: ['minimum', 'maximum', 'format'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'propertyOrdering'],
};

/** One type beside null keeps the schema as it is; several become a branch each, with the keywords of their type. */
const convertTypeList = (schema: JsonObject, types: readonly Json[], walk: Walk): JsonObject => {
  const others = types.filter((type) => type !== 'null');
  const nullable = others.length < types.length ? { nullable: true } : {};
  const [only] = others;
  if (only === undefined) return convert({ ...schema, type: 'null' }, walk);
  if (others.length === 1) return { ...convert({ ...schema, type: only }, walk), ...nullable };
  const { type: _types, ...rest } = schema;
  const typed = new Set(Object.values(KEYWORDS_BY_TYPE).flat());
  const shared = Object.fromEntries(Object.entries(rest).filter(([key]) => !typed.has(key)));
  const branches = others.map((type) => {
    const keywords = (typeof type === 'string' ? KEYWORDS_BY_TYPE[type] : undefined) ?? [];
    const own = keywords.filter((key) => rest[key] !== undefined).map((key) => [key, rest[key]] as const);
    return convert({ type, ...Object.fromEntries(own) }, walk);
  });
  return { ...plainKeywords(shared, walk), anyOf: branches, ...nullable };
};
