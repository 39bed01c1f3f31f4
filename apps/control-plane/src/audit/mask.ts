import { isObject, type JsonObject } from '../domain/json.ts';
import { isSecretName } from '../domain/secret-names.ts';

const MASK = '********';

/** A copy in which everything that may be secret is masked, at any depth, in snake_case and camelCase. */
export const maskSecrets = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretName(name) && inner !== null ? MASK : maskInside(inner),
    ]),
  );

/** A copy in which only these fields are shown, and what is secret among them by its name is not. */
export const maskAllBut = (value: JsonObject, kept: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(maskSecrets(value)).map(([name, inner]) => [
      name,
      kept.includes(name) || inner === null ? inner : MASK,
    ]),
  );

const maskInside = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(maskInside);
  return isObject(value) ? maskSecrets(value) : value;
};

/** The headers that an audit row keeps: none of them can hold a secret. */
const KEPT_HEADERS = [
  'user-agent',
  'content-type',
  'content-length',
  'accept',
  'origin',
  'x-forwarded-for',
  'x-portkey-trace-id',
  'x-portkey-package-version',
  'x-portkey-runtime',
  'x-portkey-runtime-version',
  'traceparent',
  'host',
] as const;

export const keptHeaders = (headers: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
