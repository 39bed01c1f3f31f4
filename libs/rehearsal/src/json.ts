/** Parsed JSON, read and never changed. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

export const stringAt = (from: JsonObject | undefined, key: string): string | undefined => {
  const value = from?.[key];
  return typeof value === 'string' ? value : undefined;
};

export const numberAt = (from: JsonObject | undefined, key: string): number | undefined => {
  const value = from?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

export const objectAt = (from: JsonObject | undefined, key: string): JsonObject | undefined => {
  const value = from?.[key];
  return isObject(value) ? value : undefined;
};

/** The objects in the array at a key; anything else there is left out. */
export const objectsAt = (from: JsonObject | undefined, key: string): readonly JsonObject[] => {
  const value = from?.[key];
  return isArray(value) ? value.filter(isObject) : [];
};

/** Parsed JSON text, or undefined when it is not JSON. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
