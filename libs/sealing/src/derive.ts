import { hkdfSync, type KeyObject } from 'node:crypto';
import { KEY_BYTES } from './aead.ts';

export const SALT_BYTES = 32;

/**
 * The key of one record: HKDF-SHA-256 of a long-lived key with the record's own salt. With a key per record a repeated nonce is
 * harmless unless the same 256-bit salt repeats too. Whoever receives the buffer zeroes it after use.
 * @param salt     32 random bytes, stored in the record
 * @param purpose  what the record is, such as `cred/v1`: no record of one purpose opens as one of another
 * @source RFC 5869
 */
export const deriveRecordKey = (key: KeyObject, salt: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, purpose, KEY_BYTES));
