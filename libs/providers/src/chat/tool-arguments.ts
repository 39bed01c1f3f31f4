import { isObject, type Json, type JsonObject } from '../spec/json.ts';

/**
 * A tool call's arguments as an object, for providers that take no JSON text.
 * @returns undefined when the text is not a JSON object; empty text is an empty object
 */
export const argumentsObject = (value: Json | undefined): JsonObject | undefined => {
  if (isObject(value)) return value;
  if (value === undefined || value === null || value === '') return {};
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};
