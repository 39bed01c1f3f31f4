import { createHmac, timingSafeEqual } from 'node:crypto';

const DIGEST_BYTES = 32;
const MIN_PEPPER_BYTES = 32;

/** A secret that keyed digests are made under. It never lies beside the digests: a stolen table cannot even test guesses. */
export interface Pepper {
  /** Stored with each digest, so that it is known which pepper made it. */
  readonly id: string;
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
}

/** The pepper that new digests are made under, and the one before it while its digests are being rewritten. */
export interface Peppers {
  readonly current: Pepper;
  readonly previous: Pepper | null;
}

/** What is stored of an API key. */
export interface ApiKeyDigest {
  readonly pepperId: string;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

/**
 * HMAC-SHA-256 of the whole key. Fast on purpose: a key holds 256 random bits, so there is nothing to slow a guesser down from.
 * @throws RangeError  for a pepper of less than 32 bytes
 */
export const digestApiKey = (key: string, pepper: Pepper): ApiKeyDigest => {
  if (pepper.secret.byteLength < MIN_PEPPER_BYTES)
    throw new RangeError(`A pepper has at least ${MIN_PEPPER_BYTES} bytes.`);
  return { pepperId: pepper.id, digest: createHmac('sha256', pepper.secret).update(key).digest() };
};

/** What a key may be stored as: under the current pepper first, then under the previous one. For a look-up in a table. */
export const possibleDigests = (key: string, { current, previous }: Peppers): readonly ApiKeyDigest[] =>
  [current, ...(previous === null ? [] : [previous])].map((pepper) => digestApiKey(key, pepper));

/** `stale`: the key is right, and its digest should be rewritten under the current pepper. */
export type DigestMatch = 'current' | 'stale' | 'none';

/** Compared against when nothing is stored, so that an unknown key costs what a known one does. */
const NO_DIGEST = new Uint8Array(DIGEST_BYTES);

/**
 * Whether a key is the one a stored digest was made from, compared in constant time.
 * @param stored  what the look-up by public part found; undefined does the same work and gives `none`
 * @returns `none` too when the digest was made under a pepper that is no longer known, or is no whole digest
 */
export const matchDigest = (key: string, stored: ApiKeyDigest | undefined, peppers: Peppers): DigestMatch => {
  const pepper = [peppers.current, peppers.previous].find((known) => known?.id === stored?.pepperId);
  const isComparable = stored !== undefined && pepper != null && stored.digest.byteLength === DIGEST_BYTES;
  const made = digestApiKey(key, pepper ?? peppers.current);
  const isEqual = timingSafeEqual(made.digest, isComparable ? stored.digest : NO_DIGEST);
  if (!isComparable || !isEqual) return 'none';
  return stored.pepperId === peppers.current.id ? 'current' : 'stale';
};
