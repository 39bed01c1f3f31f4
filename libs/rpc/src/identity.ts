import { createHash, timingSafeEqual } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { RpcRefusal } from './errors.ts';

/** The services that may exist, each by the subject alternative names that prove it: `URI:spiffe://…` or `DNS:…`. */
export type IdentityBook = Readonly<Record<string, readonly string[]>>;

/** Method path to the identities that may call it. A method without a row can be called by nobody. */
export type AccessTable = Readonly<Record<string, readonly string[]>>;

/**
 * The names in a certificate, each with its kind in front. A list with quotes in it is not read: quotes are how a name with
 * a comma is told from two names, and no service has such a name.
 */
export const alternativeNames = (subjectAltName: string | undefined): readonly string[] =>
  subjectAltName === undefined || subjectAltName.includes('"') ? [] : subjectAltName.split(', ');

/** Which services a certificate proves. */
export const identitiesOf = (subjectAltName: string | undefined, book: IdentityBook): readonly string[] => {
  const names = new Set(alternativeNames(subjectAltName));
  return Object.entries(book).flatMap(([identity, proofs]) =>
    proofs.some((proof) => names.has(proof)) ? [identity] : [],
  );
};

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Which service a loopback token proves, compared in constant time.
 * @param tokens  identity to token; an empty token proves nothing
 */
export const identitiesOfToken = (given: unknown, tokens: Readonly<Record<string, string>>): readonly string[] => {
  if (typeof given !== 'string' || given === '') return [];
  const asked = digest(given);
  return Object.entries(tokens).flatMap(([identity, token]) =>
    timingSafeEqual(digest(token), asked) ? [identity] : [],
  );
};

export const mayCall = (access: AccessTable, path: string, callers: readonly string[]): boolean =>
  Object.hasOwn(access, path) && callers.some((caller) => access[path]?.includes(caller));

/** @throws RpcRefusal */
export const assertMayCall = (access: AccessTable, path: string, callers: readonly string[]): void => {
  if (!mayCall(access, path, callers)) {
    throw new RpcRefusal(status.PERMISSION_DENIED, 'This service may not call this method.');
  }
};

/** What is wrong with a table: rows for methods that do not exist, and identities that nobody can prove. */
export const accessProblems = (
  access: AccessTable,
  paths: readonly string[],
  identities: readonly string[],
): readonly string[] => [
  ...Object.keys(access)
    .filter((path) => !paths.includes(path))
    .map((path) => `"${path}" is no method of this server.`),
  ...[...new Set(Object.values(access).flat())]
    .filter((identity) => !identities.includes(identity))
    .map((identity) => `"${identity}" is no known identity.`),
];
