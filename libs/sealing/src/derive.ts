import { hkdfSync, type KeyObject } from 'node:crypto';
import { KEY_BYTES } from './aead.ts';

export const SALT_BYTES = 32;
const INFO = 'cred/v1';

/**
 * The key of one record: HKDF-SHA-256 of the tenant key with the record's own salt. With a key per record a repeated nonce is
 * harmless unless the same 256-bit salt repeats too. Whoever receives the buffer zeroes it after use.
 * @param salt 32 random bytes, stored in the record
 * @source RFC 5869
 */
export const deriveRecordKey = (tenantKey: KeyObject, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', tenantKey, salt, INFO, KEY_BYTES));
