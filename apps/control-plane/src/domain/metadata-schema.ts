import { isSupportedPattern, patternPool } from '@portolan/config-schema';
import { PlatformError } from '@portolan/service-kit';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonObject } from './json.ts';

const MAX_CHARS = 16_384;

/** Schemas are written by tenants, and all tenants wait while one is measured: patterns are matched in linear time. */
const linearPatterns = () => {
  const pool = patternPool();
  const engine = (pattern: string) => {
    if (!isSupportedPattern(pattern)) throw new Error(`pattern "${pattern}" is not supported`);
    return { test: pool(pattern) };
  };
  return Object.assign(engine, { code: 'linearPattern' });
};

const compile = (schema: JsonObject): ValidateFunction => {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    messages: true,
    logger: false,
    code: { regExp: linearPatterns() },
  });
  addFormats.default(ajv);
  return ajv.compile(schema);
};

/** With references a few lines can ask for endless work, and what is asynchronous is never waited for. Flat metadata needs neither. */
const REFUSED: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', '$recursiveRef', '$async']);

const refusedKeyword = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = REFUSED.has(name) ? name : refusedKeyword(inner);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What is wrong with a schema (JSON Schema, draft-07) that metadata is to be measured by, or undefined. */
export const metadataSchemaProblem = (schema: JsonObject): string | undefined => {
  if (JSON.stringify(schema).length > MAX_CHARS) return `must have at most ${MAX_CHARS} characters`;
  const refused = refusedKeyword(schema);
  if (refused !== undefined) return `must not have "${refused}"`;
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'is no JSON Schema';
  }
};

const lineOf = (path: string, { instancePath, message, params }: ErrorObject): string => {
  const where = [path, ...instancePath.split('/').filter((step) => step !== '')].join('.');
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.map(String).join(', ')}` : '';
  const extra = typeof params.additionalProperty === 'string' ? `: ${params.additionalProperty}` : '';
  return `${where}: ${message ?? 'does not fit'}${allowed}${extra}`;
};

/**
 * Measures metadata by the organization's schema.
 * @param path  the field that holds it, for the lines of the refusal
 * @throws PlatformError  `invalid_request_error` with a line for each problem
 */
export const assertMetadata = (schema: JsonObject, metadata: Readonly<Record<string, string>>, path: string): void => {
  const validate = compile(schema);
  if (validate(metadata)) return;
  const errors = (validate.errors ?? []).slice(0, 20).map((error) => lineOf(path, error));
  throw new PlatformError('invalid_request_error', {
    public: errors[0] ?? `${path}: does not fit the schema of the organisation`,
    param: path,
    errors,
  });
};
