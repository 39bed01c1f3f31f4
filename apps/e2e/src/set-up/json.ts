export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A config as a client writes it. */
export type Config = Record<string, unknown>;

/**
 * A value deep inside, by its path: `at(answer, 'choices', 0, 'message', 'content')`.
 * @returns undefined where the path leads nowhere
 */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined;
    return Reflect.get(inner, step);
  }, value);
