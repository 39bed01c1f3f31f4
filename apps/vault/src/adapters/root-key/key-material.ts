import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeBase64url, KEY_BYTES } from '@portolan/sealing';
import { InvalidRootKey, type RootKey, type WrappingKey } from '../../ports/root-key.ts';

const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Random 32 bytes have about 30 different values; fewer than 16 happen once in 10^18 keys, but in every "all zeros", counter or
 * repeated pattern of a half-finished deployment.
 */
const DISTINCT_BYTES_MIN = 16;

const isPrintable = (bytes: Uint8Array): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);

const isCounter = (bytes: Uint8Array): boolean =>
  bytes.every((byte, at) => at < 2 || byte - (bytes[at - 1] ?? 0) === (bytes[1] ?? 0) - (bytes[0] ?? 0));

/** What is wrong with a key's bytes, in words that do not show them. */
const weakness = (bytes: Uint8Array): string | undefined => {
  if (bytes.length !== KEY_BYTES) return `must be ${KEY_BYTES} bytes, and is ${bytes.length}`;
  if (isPrintable(bytes)) return 'is text, not random bytes; make one with `openssl rand -base64 32`';
  if (new Set(bytes).size < DISTINCT_BYTES_MIN || isCounter(bytes)) {
    return 'is a pattern, not random bytes; make one with `openssl rand -base64 32`';
  }
  return undefined;
};

/** Standard or URL-safe base64, padded or not. */
const decode = (text: string): Buffer | undefined =>
  decodeBase64url(text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));

/**
 * Key bytes as an object that cannot print itself. The bytes are zeroed, whether they were accepted or not.
 * @param where says in an error which setting is meant
 * @throws InvalidRootKey
 */
export const rootKeyFromBytes = (bytes: Buffer, where: string): KeyObject => {
  try {
    const problem = weakness(bytes);
    if (problem !== undefined) throw new InvalidRootKey(`${where}: the root key ${problem}.`);
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
};

/**
 * A root key written as base64.
 * @throws InvalidRootKey
 */
export const rootKeyFromText = (text: string, where: string): KeyObject => {
  const bytes = decode(text);
  if (bytes === undefined) throw new InvalidRootKey(`${where}: the root key is not base64.`);
  return rootKeyFromBytes(bytes, where);
};

/**
 * The keys that are alive, with ids checked. Two keys of one rotation need two names: with one name, what the old key wrapped
 * would look as if it were done. The two may be of different kinds, which is how a deployment moves from a file to a KMS.
 * @throws InvalidRootKey
 */
export const rootKeyOf = (current: WrappingKey, previous: WrappingKey | undefined, where: string): RootKey => {
  if (![current, previous].every((key) => key === undefined || KEY_ID.test(key.id))) {
    throw new InvalidRootKey(`${where}: the id of a root key is 1 to 64 letters, digits, "-" or "_".`);
  }
  if (current.id === previous?.id) {
    throw new InvalidRootKey(`${where}: the current and the previous root key have the same id, "${current.id}".`);
  }
  return { current, previous };
};
