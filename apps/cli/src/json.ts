import type { Json, JsonObject } from '@portolan/config-schema';

export type { Json, JsonObject };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** A text of an answer, or '' where there is none: for what is shown to people. */
export const textOf = (from: JsonObject, name: string): string => {
  const value = from[name];
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** Whether two values say the same; the order of fields says nothing, and a field that is undefined is not there. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => sameJson(a[name], b[name]));
  }
  return a === b;
};

/** The value with every text in it changed, at any depth. */
export const mapTexts = (value: Json, change: (text: string) => Json): Json => {
  if (typeof value === 'string') return change(value);
  if (isArray(value)) return value.map((inner) => mapTexts(inner, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, inner === undefined ? undefined : mapTexts(inner, change)]),
  );
};
