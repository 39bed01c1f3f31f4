import { isArray, isObject, type Json, type JsonObject } from './json.ts';

/** Beneath these, keys are data or already documented in snake_case: they stay as they are. */
const VERBATIM = new Set([
  'override_params',
  'default_params',
  'params',
  'checks',
  'conditions',
  'input_guardrails',
  'output_guardrails',
  'input_mutators',
  'output_mutators',
  'vertex_service_account_json',
  'cb_config',
  'sticky',
]);

const CAMEL_CASE = /^[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*$/;

const squashed = (name: string): string => name.replaceAll('_', '').toLowerCase();

/**
 * Makes a function that respells known camelCase keys in snake_case (`overrideParams`, `strictOpenAICompliance`), except beneath those
 * that hold other people's data. A key already there in snake_case wins over its camelCase twin.
 * @param names  every known name in snake_case
 */
export const snakeCaser = (names: readonly string[]): ((config: JsonObject) => JsonObject) => {
  const bySquashed = new Map(names.map((name) => [squashed(name), name]));
  const respell = (key: string): string => (CAMEL_CASE.test(key) ? (bySquashed.get(squashed(key)) ?? key) : key);

  const object = (from: JsonObject): JsonObject => {
    const respelled = Object.entries(from).flatMap(([key, value]): [string, Json][] => {
      const name = respell(key);
      if (value === undefined || (name !== key && Object.hasOwn(from, name))) return [];
      return [[name, VERBATIM.has(name) ? value : any(value)]];
    });
    return Object.fromEntries(respelled);
  };
  const any = (value: Json): Json => {
    if (isArray(value)) return value.map(any);
    return isObject(value) ? object(value) : value;
  };
  return object;
};

/** Longer names are not compared: they are no slip of the pen. */
const MAX_COMPARED_LENGTH = 48;

/** The known name that was probably meant: same letters, or a few slips away. */
export const nearestName = (written: string, names: readonly string[]): string | undefined => {
  if (written.length > MAX_COMPARED_LENGTH) return undefined;
  const sameLetters = names.find((name) => squashed(name) === squashed(written));
  if (sameLetters !== undefined) return sameLetters;
  let nearest: string | undefined;
  let bound = Math.max(1, Math.floor(written.length / 3));
  for (const name of names) {
    const distance = editDistance(written, name, bound);
    if (distance === undefined || (nearest !== undefined && distance === bound)) continue;
    nearest = name;
    bound = distance;
  }
  return nearest;
};

/**
 * Damerau-Levenshtein distance (swaps of neighbours count once), optimal string alignment form.
 * @returns  undefined when it is above the bound
 */
export const editDistance = (a: string, b: string, bound: number): number | undefined => {
  if (Math.abs(a.length - b.length) > bound) return undefined;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    if (Math.min(...current) > bound) return undefined;
    beforeLast = last;
    last = current;
  }
  const distance = at(last, b.length);
  return distance > bound ? undefined : distance;
};

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
