import { isArray, isObject, type Json, type JsonObject } from '@portolan/rehearsal';

export type Path = readonly (string | number)[];

/** The first thing that is wrong with a body. */
export interface Problem {
  readonly kind: 'missing' | 'unknown' | 'invalid' | 'unknown_model';
  readonly path: Path;
  readonly message: string;
}

/** Checks a value that is there. @returns the first problem, or undefined */
export type Shape = (value: Json, path: Path) => Problem | undefined;

export const invalid = (path: Path, message: string): Problem => ({ kind: 'invalid', path, message });

export const anything: Shape = () => undefined;

export const flag: Shape = (value, path) =>
  typeof value === 'boolean' ? undefined : invalid(path, 'must be true or false');

export const text =
  ({ min = 0, max = Number.POSITIVE_INFINITY, pattern = /(?:)/ } = {}): Shape =>
  (value, path) => {
    if (typeof value !== 'string') return invalid(path, 'must be a string');
    if (value.length < min) return invalid(path, `must have at least ${min} characters`);
    if (value.length > max) return invalid(path, `must have at most ${max} characters`);
    return pattern.test(value) ? undefined : invalid(path, `must match ${pattern.source}`);
  };

/** A model of this provider: any other is not found, so that a request sent to the wrong place is noticed. */
export const modelName =
  (ours: RegExp): Shape =>
  (value, path) =>
    typeof value === 'string' && ours.test(value)
      ? undefined
      : { kind: 'unknown_model', path, message: `names a model that does not exist: ${String(value)}` };

export const choice =
  (...values: readonly string[]): Shape =>
  (value, path) =>
    typeof value === 'string' && values.includes(value)
      ? undefined
      : invalid(path, `must be one of ${values.join(', ')}`);

export const number =
  (min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Shape =>
  (value, path) =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : invalid(path, `must be a number from ${min} to ${max}`);

export const integer =
  (min = 0, max = Number.MAX_SAFE_INTEGER): Shape =>
  (value, path) =>
    Number.isInteger(value) ? number(min, max)(value, path) : invalid(path, 'must be a whole number');

export const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? undefined : shape(value, path);

export const listOf =
  (shape: Shape, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Shape =>
  (value, path) => {
    if (!isArray(value)) return invalid(path, 'must be a list');
    if (value.length < min) return invalid(path, `must have at least ${min} entries`);
    if (value.length > max) return invalid(path, `must have at most ${max} entries`);
    return firstOf(value.entries(), ([at, item]) => shape(item, [...path, at]));
  };

/** An object with these fields and no others. */
export const object =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path) => {
    if (!isObject(value)) return invalid(path, 'must be an object');
    return (
      firstOf(Object.keys(required), (key) =>
        value[key] === undefined ? { kind: 'missing', path: [...path, key], message: 'is required' } : undefined,
      ) ??
      firstOf(Object.entries(value), ([key, item]) => {
        const shape = own(required, key) ?? own(optional, key);
        if (shape === undefined) return { kind: 'unknown', path: [...path, key], message: 'is not known' };
        return item === undefined ? undefined : shape(item, [...path, key]);
      })
    );
  };

export const anyObject: Shape = (value, path) => (isObject(value) ? undefined : invalid(path, 'must be an object'));

/** Chooses the shape by the value of one field. */
export const tagged =
  (key: string, shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (!isObject(value)) return invalid(path, 'must be an object');
    const tag = value[key];
    const shape = typeof tag === 'string' ? own(shapes, tag) : undefined;
    return shape === undefined
      ? invalid([...path, key], `must be one of ${Object.keys(shapes).join(', ')}`)
      : shape(value, path);
  };

/** Chooses the shape by the kind of JSON value. */
export const byKind =
  (shapes: Readonly<Partial<Record<'string' | 'array' | 'object', Shape>>>): Shape =>
  (value, path) => {
    const kind = isArray(value)
      ? 'array'
      : isObject(value)
        ? 'object'
        : typeof value === 'string'
          ? 'string'
          : undefined;
    const shape = kind === undefined ? undefined : shapes[kind];
    return shape === undefined
      ? invalid(path, `must be of kind ${Object.keys(shapes).join(' or ')}`)
      : shape(value, path);
  };

/** A shape that contains itself. */
export const lazy =
  (shape: () => Shape): Shape =>
  (value, path) =>
    shape()(value, path);

/** A shape, and a rule between its fields that runs only when the shape holds. */
export const withRule =
  (shape: Shape, rule: (value: JsonObject, path: Path) => Problem | undefined): Shape =>
  (value, path) =>
    shape(value, path) ?? (isObject(value) ? rule(value, path) : undefined);

export const firstOf = <T>(items: Iterable<T>, check: (item: T) => Problem | undefined): Problem | undefined => {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const own = (shapes: Readonly<Record<string, Shape>>, key: string): Shape | undefined =>
  Object.hasOwn(shapes, key) ? shapes[key] : undefined;
