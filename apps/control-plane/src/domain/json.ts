export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What came as JSON and was not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
