import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';

/** The names in a schema are the caller's own. */
const CALLERS_OWN: ReadonlySet<string> = new Set(['responseSchema', 'responseJsonSchema', '_responseJsonSchema']);

/** snake_case keys as the API writes them, at every depth but inside schemas. */
export const camelKeys = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const name = key.replace(/(?<=.)_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
      return [name, CALLERS_OWN.has(name) ? value : camelValue(value)];
    }),
  );

const camelValue = (value: Json | undefined): Json | undefined => {
  if (isArray(value)) return value.map((element) => camelValue(element) ?? null);
  return isObject(value) ? camelKeys(value) : value;
};
