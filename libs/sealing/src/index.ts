export { decrypt, encrypt, joinParts, KEY_BYTES, NONCE_BYTES, type Sealed, TAG_BYTES } from './aead.ts';
export { decodeBase64url } from './base64url.ts';
export { deriveRecordKey, SALT_BYTES } from './derive.ts';
export {
  keyIdOf,
  openText,
  type SealedPlace,
  type SealingKey,
  sealText,
  type Unreadable,
  UnreadableText,
} from './sealed-text.ts';
