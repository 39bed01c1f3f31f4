import { isArray, isObject, type Json, type JsonObject, own, without } from './json.ts';
import type { Policy } from './route.ts';

/** What the Python client sends when its caller named no model. */
const NO_MODEL = 'portkey-default';

/**
 * A request body as one target wants it: defaults, then overrides, then drops.
 * @returns  the very same object when nothing changes; the input is never touched
 */
export const shapeBody = (
  body: JsonObject,
  policy: Pick<Policy, 'defaultParams' | 'overrideParams' | 'dropParams'>,
): JsonObject => {
  const shaped = overridden(withDefaults(body, policy.defaultParams), policy.overrideParams);
  return policy.dropParams.reduce(dropped, shaped);
};

/** A key the client sent counts, even when it is null. */
const withDefaults = (body: JsonObject, defaults: JsonObject): JsonObject => {
  const missing = Object.entries(defaults).filter(
    ([key]) => !Object.hasOwn(body, key) || (key === 'model' && body[key] === NO_MODEL),
  );
  return missing.length === 0 ? body : { ...body, ...Object.fromEntries(missing) };
};

/** Whole values are replaced; nothing is merged inside them. */
const overridden = (body: JsonObject, overrides: JsonObject): JsonObject =>
  Object.entries(overrides).every(([key, value]) => own(body, key) === value) ? body : { ...body, ...overrides };

const dropped = (body: JsonObject, path: string): JsonObject => {
  const steps = parsePath(path);
  const result = steps === undefined ? body : removed(body, steps);
  return isObject(result) ? result : body;
};

/** A key, an index, or every index. */
type PathStep = string | number | typeof EVERY;
const EVERY = Symbol('every element');

const PATH = /^[^.[\]]+(?:\[(?:\d{1,9}|\*)\])*(?:\.[^.[\]]+(?:\[(?:\d{1,9}|\*)\])*)*$/;
const STEP = /\[(?:(\d+)|\*)\]|[^.[\]]+/g;

/** `tools[0].function`, `messages[*].name`. Undefined when it is not written like that. */
const parsePath = (path: string): readonly PathStep[] | undefined => {
  if (!PATH.test(path)) return undefined;
  return [...path.matchAll(STEP)].map(([text, index]) => {
    if (!text.startsWith('[')) return text;
    return index === undefined ? EVERY : Number(index);
  });
};

/** The value without what the path points at; the same value when it points at nothing. */
const removed = (value: Json, [step, ...rest]: readonly PathStep[]): Json => {
  if (step === undefined) return value;
  if (typeof step === 'string') return isObject(value) ? removedAtKey(value, step, rest) : value;
  return isArray(value) ? removedAtIndex(value, step, rest) : value;
};

const removedAtKey = (object: JsonObject, key: string, rest: readonly PathStep[]): JsonObject => {
  const inner = own(object, key);
  if (inner === undefined) return object;
  if (rest.length === 0) return without(object, key);
  const changed = removed(inner, rest);
  return changed === inner ? object : { ...object, [key]: changed };
};

const removedAtIndex = (
  list: readonly Json[],
  index: number | typeof EVERY,
  rest: readonly PathStep[],
): readonly Json[] => {
  const isMeant = (at: number): boolean => index === EVERY || at === index;
  if (rest.length === 0) return list.some((_, at) => isMeant(at)) ? list.filter((_, at) => !isMeant(at)) : list;
  const changed = list.map((inner, at) => (isMeant(at) ? removed(inner, rest) : inner));
  return changed.every((inner, at) => inner === list[at]) ? list : changed;
};
