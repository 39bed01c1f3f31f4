/** Parsed JSON. Bodies travel as these types; nothing here is ever mutated after it was read. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The string at a key, or undefined when it is absent or of another type. */
export const stringAt = (from: JsonObject | undefined, key: string): string | undefined => {
  const value = from?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** The finite number at a key, or undefined. */
export const numberAt = (from: JsonObject | undefined, key: string): number | undefined => {
  const value = from?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** The object at a key, or undefined. */
export const objectAt = (from: JsonObject | undefined, key: string): JsonObject | undefined => {
  const value = from?.[key];
  return isObject(value) ? value : undefined;
};

/** The array at a key, or an empty one. */
export const arrayAt = (from: JsonObject | undefined, key: string): readonly Json[] => {
  const value = from?.[key];
  return isArray(value) ? value : [];
};
