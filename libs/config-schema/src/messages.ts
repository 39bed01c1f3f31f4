import type { z } from 'zod';

/** More would not help anyone. */
export const MAX_ERRORS = 20;
const MAX_NAME_LENGTH = 64;

/** One thing wrong with a config, before it is put into words on the wire. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const shown = (name: PropertyKey): string => String(name).slice(0, MAX_NAME_LENGTH);

/** `path: strategy,mode, message: …`: the form clients read, at most `MAX_ERRORS` of them. */
export const toErrors = (problems: readonly Problem[]): readonly string[] =>
  problems.slice(0, MAX_ERRORS).map(({ path, message }) => `path: ${path.map(shown).join()}, message: ${message}`);

/** The name a sentence calls a place by: `retry.on_status_codes[0]` is `on_status_codes[0]`. */
const fieldAt = (path: readonly PropertyKey[]): string => {
  const index = path.findLastIndex((segment) => typeof segment === 'string');
  const indices = path.slice(index + 1).map((position) => `[${String(position)}]`);
  return `'${shown(path[index] ?? 'config')}${indices.join('')}'`;
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const bound = (limit: number | bigint, origin: string): string =>
  origin === 'array'
    ? `${limit} ${limit === 1 ? 'entry' : 'entries'}`
    : origin === 'string'
      ? `${limit} characters`
      : `${limit}`;

/** Our sentence for a shape that does not fit; the schema's own sentences go before it. */
export const sentence = (issue: z.core.$ZodRawIssue): string | undefined => {
  const field = fieldAt(issue.path ?? []);
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return `${field} is required.`;
  switch (issue.code) {
    case 'invalid_type':
      return `${field} must be ${KINDS[issue.expected] ?? issue.expected}.`;
    case 'invalid_value':
      return `Invalid ${field} value. Must be one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `${field} must have at least ${bound(issue.minimum, issue.origin)}.`
        : `${field} must be ${issue.inclusive === false ? 'greater than' : 'at least'} ${issue.minimum}.`;
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `${field} must have at most ${bound(issue.maximum, issue.origin)}.`
        : `${field} must be at most ${issue.maximum}.`;
    case 'custom':
      return `${field} must be an object.`;
    default:
      return `${field} is not valid.`;
  }
};

/** What is said of a key nobody knows. */
export const unknownKeyMessage = (key: string, meant: string | undefined): string =>
  `Unknown key '${shown(key)}'${meant === undefined ? '.' : `, did you mean '${meant}'?`}`;
