import { createHash, randomBytes, randomInt } from 'node:crypto';

const PREFIX = 'pk-';
const PUBLIC_LENGTH = 8;
const SECRET_BYTES = 32;
const CHECKSUM_LENGTH = 6;
const SHOWN_AT_END = 4;
const PUBLIC_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

const checksum = (body: string): string =>
  createHash('sha256').update(body).digest('base64url').slice(0, CHECKSUM_LENGTH);

/**
 * A new API key: `pk-`, 8 characters that may be shown to tell keys apart, 43 of base64url (256 random bits), and a
 * checksum of 6: the first characters of the base64url SHA-256 of all that stands before it. The checksum lets a scanner
 * or a form tell a key from a typing error without asking anyone; it adds no secrecy.
 */
export const createApiKey = (): string => {
  const shown = Array.from({ length: PUBLIC_LENGTH }, () => PUBLIC_ALPHABET[randomInt(PUBLIC_ALPHABET.length)]).join(
    '',
  );
  const body = `${PREFIX}${shown}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return body + checksum(body);
};

/** True for a string of the form above whose checksum fits. Says nothing about whether anyone ever issued it. */
export const isApiKey = (text: string): boolean =>
  /^pk-[a-z0-9]{8}[\w-]{49}$/.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);

/**
 * The 8 characters of a key that may be stored and shown: what a table of keys is looked up by.
 * @returns undefined when the text is not an API key of ours
 */
export const publicPartOf = (key: string): string | undefined =>
  isApiKey(key) ? key.slice(PREFIX.length, PREFIX.length + PUBLIC_LENGTH) : undefined;

/**
 * How a key is shown after the one time it was given out: prefix, public part and the last four characters, which belong to the
 * checksum. What is not a key of ours shows nothing.
 */
export const maskApiKey = (key: string): string =>
  isApiKey(key) ? `${key.slice(0, PREFIX.length + PUBLIC_LENGTH)}********${key.slice(-SHOWN_AT_END)}` : '********';
