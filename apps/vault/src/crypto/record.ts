import { type KeyObject, randomBytes } from 'node:crypto';
import {
  decodeBase64url,
  decrypt,
  deriveRecordKey,
  encrypt,
  NONCE_BYTES,
  SALT_BYTES,
  TAG_BYTES,
} from '@portolan/sealing';
import { associatedData, type Place } from './place.ts';

/** One version of a tenant's key. The key itself is a `KeyObject`, which no logger, inspector or JSON can print. */
export interface TenantKey {
  readonly id: string;
  readonly version: number;
  readonly key: KeyObject;
}

export interface SealedRecord {
  readonly keyId: string;
  readonly keyVersion: number;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

/** Why a record does not open. `refused`: it was changed, or it is not at the place or under the key it was sealed for. */
export type Unreadable = 'malformed' | 'other_key' | 'refused';

const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  malformed: 'The stored secret is not a sealed record.',
  other_key: 'The stored secret is sealed with another tenant key.',
  refused: 'The stored secret was changed or moved, and does not open.',
};

/** A sealed record that does not open. Never carries any part of it. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
  readonly reason: Unreadable;

  constructor(reason: Unreadable) {
    super(UNREADABLE[reason]);
    this.reason = reason;
  }
}

const FORMAT = 'v1';
const PURPOSE = 'cred/v1';
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const KEY_VERSION = /^[1-9]\d{0,8}$/;

/** `v1.<tenant key id>.<key version>.<salt>.<nonce>.<ciphertext+tag>`, bytes as base64url. */
const formatRecord = ({ keyId, keyVersion, salt, nonce, sealed }: SealedRecord): string =>
  [FORMAT, keyId, keyVersion, ...[salt, nonce, sealed].map((bytes) => bytes.toString('base64url'))].join('.');

/**
 * Reads the text of a record; opens nothing.
 * @throws UnreadableRecord `malformed`
 */
export const parseRecord = (text: string): SealedRecord => {
  const parts = text.split('.');
  const [format, keyId = '', version = '', ...encoded] = parts;
  const [salt, nonce, sealed] = encoded.map(decodeBase64url);
  const wellFormed = format === FORMAT && parts.length === 6 && KEY_ID.test(keyId) && KEY_VERSION.test(version);
  if (!wellFormed || salt?.length !== SALT_BYTES || nonce?.length !== NONCE_BYTES)
    throw new UnreadableRecord('malformed');
  if (sealed === undefined || sealed.length < TAG_BYTES) throw new UnreadableRecord('malformed');
  return { keyId, keyVersion: Number(version), salt, nonce, sealed };
};

/**
 * A secret as the text that is stored, bound to its place.
 * @param plain stays as it is; its owner zeroes it
 */
export const sealRecord = (plain: Uint8Array, tenantKey: TenantKey, place: Place): string => {
  const salt = randomBytes(SALT_BYTES);
  const recordKey = deriveRecordKey(tenantKey.key, salt, PURPOSE);
  try {
    const { nonce, sealed } = encrypt(recordKey, plain, associatedData(place, tenantKey.version));
    return formatRecord({ keyId: tenantKey.id, keyVersion: tenantKey.version, salt, nonce, sealed });
  } finally {
    recordKey.fill(0);
  }
};

/**
 * The secret of a record. Whoever receives the buffer zeroes it after use.
 * @param tenantKey the version that the record names; see `parseRecord`
 * @param place     where the record was found
 * @throws UnreadableRecord
 */
export const openRecord = (text: string, tenantKey: TenantKey, place: Place): Buffer => {
  const record = parseRecord(text);
  if (record.keyId !== tenantKey.id || record.keyVersion !== tenantKey.version) throw new UnreadableRecord('other_key');
  const recordKey = deriveRecordKey(tenantKey.key, record.salt, PURPOSE);
  try {
    const plain = decrypt(recordKey, record, associatedData(place, record.keyVersion));
    if (plain === undefined) throw new UnreadableRecord('refused');
    return plain;
  } finally {
    recordKey.fill(0);
  }
};
