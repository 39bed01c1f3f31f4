import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** A nonce and what it encrypts; the tag is the last 16 bytes of `sealed`. */
export interface Sealed {
  readonly nonce: Buffer;
  readonly sealed: Buffer;
}

const lengthPrefixed = (part: string): Buffer[] => {
  const bytes = Buffer.from(part, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
};

/**
 * Parts as one unambiguous byte string: each has its length (32 bits, big-endian) before it, so that no two different lists of
 * parts give the same bytes.
 */
export const joinParts = (parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => lengthPrefixed(String(part))));

/**
 * AES-256-GCM with a random nonce and a 128-bit tag.
 * @param key 32 bytes
 */
export const encrypt = (key: KeyObject | Uint8Array, plain: Uint8Array, bound: Uint8Array): Sealed => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound);
  return { nonce, sealed: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
};

/**
 * The plaintext, or undefined when the key, the nonce, the bound data or a single bit of the ciphertext is not the one it was
 * sealed with. Nothing of an unauthenticated plaintext gets out. Whoever receives the buffer zeroes it after use.
 */
export const decrypt = (
  key: KeyObject | Uint8Array,
  { nonce, sealed }: Sealed,
  bound: Uint8Array,
): Buffer | undefined => {
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  // GCM decrypts to as many bytes as it reads, all of them in `update`; `final` only checks the tag.
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
};
