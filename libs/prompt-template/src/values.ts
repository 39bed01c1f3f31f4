import { PromptError } from './errors.ts';

/** Values may be lists in lists this deep where they are written as text. */
const MAX_LIST_DEPTH = 32;
/** A dotted name may have this many parts. */
const MAX_NAME_PARTS = 16;

/** Values as the caller gave them, as parsed from JSON. */
export type Variables = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a section over this value has content: an empty list has none, an empty object has. */
export const isTruthy = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

type Found = { readonly value: unknown } | undefined;

/** Own properties only: what every object inherits is no variable. */
const property = (holder: unknown, name: string): Found => {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return { value: Reflect.get(holder, name) };
};

const follow = (holder: unknown, path: readonly string[]): Found => {
  let found: Found = { value: holder };
  for (const name of path) {
    if (found === undefined) return undefined;
    found = property(found.value, name);
  }
  return found;
};

/**
 * The value of a name, from the innermost scope outwards; `.` is the innermost scope itself, `a.b` the property of a property.
 * @returns undefined when no scope has it
 * @throws PromptError  `template` for a name with more than 16 parts
 */
export const lookUp = (scope: readonly unknown[], name: string): unknown => {
  if (name === '.') return scope.at(-1);
  const path = name.indexOf('.') > 0 ? name.split('.') : [name];
  if (path.length > MAX_NAME_PARTS) throw new PromptError('template', `a name with more than ${MAX_NAME_PARTS} parts`);
  for (let at = scope.length - 1; at >= 0; at -= 1) {
    const found = follow(scope[at], path);
    if (found !== undefined) return found.value;
  }
  return undefined;
};

/** The reference that `{{>>name}}` stands for, always from the variables of the call; undefined when it is no text, or empty. */
export const namedPartial = (variables: Variables, name: string): string | undefined => {
  const value = property(variables, name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/**
 * A value as text, as Mustache writes it: nothing for null, elements of a list joined by commas, and no content of an object
 * (callers turn objects into text themselves).
 * @throws PromptError  `template` for lists in lists beyond the limit
 */
export const toText = (value: unknown, depth = 0): string => {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (!Array.isArray(value)) return '[object Object]';
  if (depth === MAX_LIST_DEPTH)
    throw new PromptError('template', `a variable with lists deeper than ${MAX_LIST_DEPTH}`);
  return value.map((element) => toText(element, depth + 1)).join(',');
};
