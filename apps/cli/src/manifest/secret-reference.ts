import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refused } from '../failure.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';

/** Where a secret is to be taken from: never from the file itself, which is in git. */
export type SecretReference = { readonly from_env: string } | { readonly from_file: string };

const SECRET_MAX_BYTES = 262_144;

/** `{ from_env: NAME }` or `{ from_file: path }`, else undefined. */
export const secretReference = (value: Json | undefined): SecretReference | undefined => {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  if (typeof value.from_env === 'string') return { from_env: value.from_env };
  if (typeof value.from_file === 'string') return { from_file: value.from_file };
  return undefined;
};

/** Whether a field holds secrets by reference only: itself, or each of its values. */
export const isSecretByReference = (value: Json | undefined): boolean =>
  secretReference(value) !== undefined ||
  (isObject(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((inner) => secretReference(inner) !== undefined));

/** How a secret is told of without telling it. */
export const describeSecret = (value: Json): Json => {
  const reference = secretReference(value);
  if (reference !== undefined) {
    return 'from_env' in reference
      ? `(secret from env ${reference.from_env})`
      : `(secret from file ${reference.from_file})`;
  }
  if (!isObject(value)) return '(secret)';
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, inner === undefined ? undefined : describeSecret(inner)]),
  );
};

/** @throws Refused  naming the variable or the file, never what is in it */
export const readSecret = (
  reference: SecretReference,
  {
    env,
    folder,
    where,
  }: { readonly env: Readonly<Record<string, string | undefined>>; readonly folder: string; readonly where: string },
): string => {
  if ('from_env' in reference) {
    const value = env[reference.from_env];
    if (!value) throw new Refused(`${where}: the variable ${reference.from_env} is not set.`);
    return value;
  }
  const path = resolve(folder, reference.from_file);
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (text === '' || text.length > SECRET_MAX_BYTES) throw new Error('size');
    return text;
  } catch {
    throw new Refused(`${where}: the file ${reference.from_file} cannot be read, is empty, or is too large.`);
  }
};

/** The spec with its secrets in it, for the one call that carries them. @throws Refused */
export const withSecrets = (spec: JsonObject, read: (reference: SecretReference) => string): JsonObject => {
  const reveal = (value: Json): Json => {
    const reference = secretReference(value);
    if (reference !== undefined) return read(reference);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, inner === undefined ? undefined : reveal(inner)]),
    );
  };
  return Object.fromEntries(
    Object.entries(spec).map(([name, value]) => [
      name,
      isSecretByReference(value) && value !== undefined ? reveal(value) : value,
    ]),
  );
};
