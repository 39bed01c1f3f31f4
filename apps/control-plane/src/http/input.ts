import { nearestName } from '@portolan/config-schema';
import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { OpenCall } from './call.ts';

const MAX_ERRORS = 20;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The known fields of a body: camelCase is understood at the top, other people's fields are left out and noted.
 * A field in snake_case wins over its camelCase twin.
 */
const knownFields = (body: JsonObject, names: readonly string[], ignored: Set<string>): Record<string, unknown> => {
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const spelled = names.includes(name) ? name : snake(name);
    if (!names.includes(spelled)) ignored.add(name);
    else if (spelled === name || !Object.hasOwn(body, spelled)) known[spelled] = value;
  }
  return known;
};

type Issue = z.core.$ZodIssue;

const pathOf = ({ path }: Issue): string => path.map(String).join('.');

const namesAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => {
  let at: unknown = schema;
  for (const step of path) at = innerOf(at, step);
  const object = unwrapped(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
};

const unwrapped = (schema: unknown): unknown => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrapped(schema.unwrap());
  // What comes before a pipe's input was only reshaped: the names are in what reads the shape.
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
};

const innerOf = (schema: unknown, step: PropertyKey): unknown => {
  const plain = unwrapped(schema);
  if (plain instanceof z.ZodObject) return plain.shape[String(step)];
  if (plain instanceof z.ZodArray) return plain.element;
  if (plain instanceof z.ZodUnion)
    return plain.options
      .map(unwrapped)
      .map((option) => innerOf(option, step))
      .find((found) => found !== undefined);
  return undefined;
};

const unknownKeys = (schema: z.ZodType, issue: Issue & { code: 'unrecognized_keys' }): readonly Problem[] => {
  const names = namesAt(schema, issue.path);
  return issue.keys.map((key) => {
    const nearest = nearestName(key, names);
    const path = [...issue.path.map(String), key].join('.');
    return { path, message: `There is no such field${nearest === undefined ? '.' : `; did you mean "${nearest}"?`}` };
  });
};

interface Problem {
  readonly path: string;
  readonly message: string;
}

const problemsOf = (schema: z.ZodType, issue: Issue): readonly Problem[] => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(schema, issue);
  // Of a choice, the branch that went furthest into the value says what is wrong with it.
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length)[0];
    if (deepest !== undefined && deepest.path.length > 0) {
      return problemsOf(schema, { ...deepest, path: [...issue.path, ...deepest.path] });
    }
  }
  return [{ path: pathOf(issue), message: issue.message }];
};

/** @throws PlatformError  `invalid_request_error` with a line for each problem, `path: message` */
export const refuseInput = (problems: readonly Problem[]): never => {
  const [first] = problems;
  const lines = problems
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new PlatformError('invalid_request_error', {
    public: lines[0] ?? 'The request is not valid.',
    param: first?.path ?? 'body',
    errors: lines,
  });
};

/**
 * The fields of a body that the route knows. Unknown ones at the top are noted in `call.ignored`; inside, the schema decides.
 * @throws PlatformError  `invalid_request_error` naming every field that is wrong
 */
export const readInput = <Schema extends z.ZodObject>(
  call: Pick<OpenCall, 'body' | 'ignored'>,
  schema: Schema,
): z.output<Schema> => {
  const parsed = schema.safeParse(knownFields(call.body, Object.keys(schema.shape), call.ignored));
  return parsed.success ? parsed.data : refuseInput(parsed.error.issues.flatMap((issue) => problemsOf(schema, issue)));
};

/**
 * The parameters of a query that the route knows; all others are passed over, and `?` alone is no query.
 * @throws PlatformError  `invalid_request_error` naming every parameter that is wrong
 */
export const readQuery = <Schema extends z.ZodObject>(
  call: Pick<OpenCall, 'query'>,
  schema: Schema,
): z.output<Schema> => {
  const given = Object.fromEntries(Object.entries(call.query).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(knownFields(given, Object.keys(schema.shape), new Set()));
  return parsed.success ? parsed.data : refuseInput(parsed.error.issues.flatMap((issue) => problemsOf(schema, issue)));
};
