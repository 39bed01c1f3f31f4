import { isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { type PatternPool, patternPool } from './pattern.ts';

/** What a query may ask about. */
export interface Facts {
  /** Merged metadata of the call. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The request body as the client sent it; empty for multipart and streamed bodies. */
  readonly params: JsonObject;
  /** Full path without query: `/v1/embeddings`. */
  readonly pathname: string;
}

export interface CompiledQuery {
  /** The first operator of the query that does not exist. Such a query never holds. */
  readonly unsupportedOperator?: string;
  holds(facts: Facts): boolean;
}

type Holds = (facts: Facts) => boolean;
type Matches = (value: Json | undefined) => boolean;

/**
 * Asks one query of the conditional language.
 * All entries of a query and all operators of a matcher must hold, siblings of `$and`, `$or` and `$regex` included.
 * @returns  false also for a query with an unknown operator or an unreadable pattern
 */
export const evaluateQuery = (query: JsonObject, facts: Facts): boolean =>
  compileQuery(query, patternPool()).holds(facts);

/** Prepares a query for asking it often. Patterns come from the pool, which bounds and shares them. */
export const compileQuery = (query: JsonObject, pool: PatternPool): CompiledQuery => {
  const unsupportedOperator = unsupportedIn(query, MAX_QUERY_DEPTH);
  if (unsupportedOperator !== undefined) return { unsupportedOperator, holds: () => false };
  return { holds: queryTest(query, pool, MAX_QUERY_DEPTH) };
};

/** Queries inside `$and` and `$or`, at most. What lies deeper does not hold. */
const MAX_QUERY_DEPTH = 64;

const queryTest = (query: JsonObject, pool: PatternPool, depth: number): Holds => {
  if (depth === 0) return () => false;
  const tests = Object.entries(query).map(([key, value]) => entryTest(key, value, pool, depth));
  return (facts) => tests.every((test) => test(facts));
};

const entryTest = (key: string, value: Json | undefined, pool: PatternPool, depth: number): Holds => {
  if (key !== '$and' && key !== '$or') {
    const read = reader(key);
    const matches = matcherTest(value, pool);
    return (facts) => matches(read(facts));
  }
  if (!isArray(value)) return () => false;
  const tests = value.map((inner) => (isObject(inner) ? queryTest(inner, pool, depth - 1) : () => false));
  return key === '$and' ? (facts) => tests.every((test) => test(facts)) : (facts) => tests.some((test) => test(facts));
};

/** Only the first two segments of a path count: `metadata.a.b` reads `metadata.a`. */
const reader = (path: string): ((facts: Facts) => Json | undefined) => {
  const [source, key = ''] = path.split('.', 2);
  if (source === 'metadata') return (facts) => own(facts.metadata, key);
  if (source === 'params') return (facts) => own(facts.params, key);
  if (source === 'url' && key === 'pathname') return (facts) => facts.pathname;
  return () => undefined;
};

const matcherTest = (matcher: Json | undefined, pool: PatternPool): Matches => {
  if (!isObject(matcher)) return (value) => value !== undefined && value === matcher;
  const tests = Object.entries(matcher).map(([name, operand]) => OPERATORS.get(name)?.(operand ?? null, pool));
  return (value) => tests.every((test) => test?.(value) === true);
};

const number = (value: Json | undefined): number => Number.parseFloat(String(value));

const comparing =
  (holds: (value: number, operand: number) => boolean) =>
  (operand: Json): Matches => {
    const bound = number(operand);
    return (value) => holds(number(value), bound);
  };

const isScalar = (value: Json | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A missing key passes `$ne` and `$nin` only. */
const OPERATORS: ReadonlyMap<string, (operand: Json, pool: PatternPool) => Matches> = new Map([
  [
    '$eq',
    (operand: Json): Matches =>
      (value) =>
        value === operand,
  ],
  [
    '$ne',
    (operand: Json): Matches =>
      (value) =>
        value !== operand,
  ],
  ['$gt', comparing((value, operand) => value > operand)],
  ['$gte', comparing((value, operand) => value >= operand)],
  ['$lt', comparing((value, operand) => value < operand)],
  ['$lte', comparing((value, operand) => value <= operand)],
  [
    '$in',
    (operand: Json): Matches =>
      (value) =>
        value !== undefined && isArray(operand) && operand.includes(value),
  ],
  [
    '$nin',
    (operand: Json): Matches =>
      (value) =>
        isArray(operand) && (value === undefined || !operand.includes(value)),
  ],
  [
    '$regex',
    (operand: Json, pool: PatternPool): Matches => {
      if (typeof operand !== 'string') return () => false;
      const test = pool(operand);
      return (value) => isScalar(value) && test(String(value));
    },
  ],
]);

const unsupportedIn = (query: JsonObject, depth: number): string | undefined => {
  if (depth === 0) return undefined;
  for (const [key, value] of Object.entries(query)) {
    const found = unsupportedEntry(key, value, depth);
    if (found !== undefined) return found;
  }
  return undefined;
};

const unsupportedEntry = (key: string, value: Json | undefined, depth: number): string | undefined => {
  if (key === '$and' || key === '$or') {
    if (!isArray(value)) return undefined;
    for (const inner of value) {
      const found = isObject(inner) ? unsupportedIn(inner, depth - 1) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (key.startsWith('$')) return key;
  return isObject(value) ? Object.keys(value).find((name) => !OPERATORS.has(name)) : undefined;
};

/** What a query says of paths and patterns, for advice to its author. */
export const partsOf = (
  query: JsonObject,
): { readonly paths: readonly string[]; readonly patterns: readonly string[] } => {
  const parts = Object.entries(query).map(([key, value]) => {
    if (isArray(value) && (key === '$and' || key === '$or')) {
      const inner = value.filter(isObject).map(partsOf);
      return { paths: inner.flatMap((part) => part.paths), patterns: inner.flatMap((part) => part.patterns) };
    }
    const pattern = isObject(value) ? own(value, '$regex') : undefined;
    return { paths: [key], patterns: typeof pattern === 'string' ? [pattern] : [] };
  });
  return { paths: parts.flatMap((part) => part.paths), patterns: parts.flatMap((part) => part.patterns) };
};
