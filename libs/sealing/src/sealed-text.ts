import { type KeyObject, randomBytes } from 'node:crypto';
import { decrypt, encrypt, joinParts, NONCE_BYTES, TAG_BYTES } from './aead.ts';
import { decodeBase64url } from './base64url.ts';
import { deriveRecordKey, SALT_BYTES } from './derive.ts';

/** A key that seals texts. The key itself is a `KeyObject`, which no logger, inspector or JSON can print. */
export interface SealingKey {
  /** Stands in every text that it seals. */
  readonly id: string;
  /** 256 bits. */
  readonly key: KeyObject;
}

/** Where a sealed text belongs. It opens there only. */
export interface SealedPlace {
  /** What the text is, such as `config-body/v1`. */
  readonly purpose: string;
  /** Ids of what it belongs to, always in the same order. */
  readonly ids: readonly string[];
}

/** Why a text does not open. `refused`: it was changed, or it is not at the place or under the key it was sealed for. */
export type Unreadable = 'malformed' | 'other_key' | 'refused';

const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  malformed: 'What is stored is not a sealed text.',
  other_key: 'The sealed text names another key.',
  refused: 'The sealed text was changed or moved, and does not open.',
};

/** A sealed text that does not open. Never carries any part of it. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
  readonly reason: Unreadable;

  constructor(reason: Unreadable) {
    super(UNREADABLE[reason]);
    this.reason = reason;
  }
}

interface Parts {
  readonly keyId: string;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

const FORMAT = 's1';
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

const binding = ({ purpose, ids }: SealedPlace, keyId: string): Buffer => joinParts([purpose, keyId, ...ids]);

const parse = (text: string): Parts => {
  const [format, keyId = '', ...encoded] = text.split('.');
  const [salt, nonce, sealed] = encoded.map(decodeBase64url);
  if (format !== FORMAT || !KEY_ID.test(keyId) || encoded.length !== 3) throw new UnreadableText('malformed');
  if (salt?.length !== SALT_BYTES || nonce?.length !== NONCE_BYTES || sealed === undefined || sealed.length < TAG_BYTES)
    throw new UnreadableText('malformed');
  return { keyId, salt, nonce, sealed };
};

/** The id of the key that a sealed text names; opens nothing. @throws UnreadableText `malformed` */
export const keyIdOf = (text: string): string => parse(text).keyId;

/** `s1.<key id>.<salt>.<nonce>.<ciphertext+tag>`, bytes as base64url: a text that shows nothing but its length and its key's id. */
export const sealText = (plain: string, { id, key }: SealingKey, place: SealedPlace): string => {
  const salt = randomBytes(SALT_BYTES);
  const recordKey = deriveRecordKey(key, salt, place.purpose);
  const bytes = Buffer.from(plain, 'utf8');
  try {
    const { nonce, sealed } = encrypt(recordKey, bytes, binding(place, id));
    return [FORMAT, id, ...[salt, nonce, sealed].map((part) => part.toString('base64url'))].join('.');
  } finally {
    recordKey.fill(0);
    bytes.fill(0);
  }
};

/**
 * What was sealed.
 * @param key    the one that the text names; see `keyIdOf`
 * @param place  where the text was found
 * @throws UnreadableText
 */
export const openText = (text: string, { id, key }: SealingKey, place: SealedPlace): string => {
  const { keyId, salt, ...record } = parse(text);
  if (keyId !== id) throw new UnreadableText('other_key');
  const recordKey = deriveRecordKey(key, salt, place.purpose);
  try {
    const plain = decrypt(recordKey, record, binding(place, keyId));
    if (plain === undefined) throw new UnreadableText('refused');
    const opened = plain.toString('utf8');
    plain.fill(0);
    return opened;
  } finally {
    recordKey.fill(0);
  }
};
