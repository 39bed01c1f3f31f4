/** Parsed JSON. Nothing here is ever mutated after it was read. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** An own property; what a prototype lends does not count. */
export const own = (from: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(from, key) ? from[key] : undefined;

/** The object without one key. */
export const without = (from: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

/** Objects and lists inside one another, at most. Everything recursive here leans on it. */
export const MAX_JSON_DEPTH = 100;

/** True when a value nests deeper than `max`; looks no deeper than that itself. */
export const isDeeperThan = (value: unknown, max: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (max === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, max - 1));
};

/**
 * A private copy of JSON. What JSON cannot hold is left out, and so is a `__proto__` key.
 * @param value  nested no deeper than `MAX_JSON_DEPTH`
 */
export const copyJson = (value: unknown): Json => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(copyJson);
      return copyObject(value);
    default:
      return null;
  }
};

export const copyObject = (value: object): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== '__proto__' && inner !== undefined && typeof inner !== 'function')
      .map(([key, inner]) => [key, copyJson(inner)]),
  );

/** Freezes plain objects and lists, all the way down. Functions keep their own state. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
};
