import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The first bytes of every sealed file; also what the seal is bound to. */
const MAGIC = Buffer.from('portolan-snapshot-1\n');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FRAME_HEAD_BYTES = 5;
const CIPHER = 'aes-256-gcm';

/** A piece of a sealed file: what it is, and its bytes. */
export interface Frame {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/** Writes frames one after the other, each of them sealed as it comes: what lies in between never holds a secret. */
export interface Sealing {
  /** The beginning of the file. */
  readonly head: Buffer;
  frame(frame: Frame): Buffer;
  /** The end of the file: without it nothing of the file is believed. */
  end(): Buffer;
}

/** @param key  32 bytes */
export const beginSealing = (key: Uint8Array): Sealing => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(MAGIC);
  return {
    head: Buffer.concat([MAGIC, nonce]),
    frame({ kind, bytes }) {
      const head = Buffer.alloc(FRAME_HEAD_BYTES);
      head.writeUInt8(kind, 0);
      head.writeUInt32BE(bytes.byteLength, 1);
      return Buffer.concat([cipher.update(head), cipher.update(bytes)]);
    },
    end: () => Buffer.concat([cipher.final(), cipher.getAuthTag()]),
  };
};

/**
 * The frames of a sealed file, once all of it has been found untouched. Their bytes lie in one buffer, which is the caller's to erase.
 * @throws when it is no such file, was changed or cut, or was sealed with another key
 */
export const unseal = (
  file: Buffer,
  key: Uint8Array,
): { readonly frames: readonly Frame[]; readonly plain: Buffer } => {
  const bodyAt = MAGIC.length + NONCE_BYTES;
  if (file.length < bodyAt + TAG_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new Error('this is no sealed snapshot');
  }
  const decipher = createDecipheriv(CIPHER, key, file.subarray(MAGIC.length, bodyAt)).setAAD(MAGIC);
  decipher.setAuthTag(file.subarray(file.length - TAG_BYTES));
  const plain = decipher.update(file.subarray(bodyAt, file.length - TAG_BYTES));
  try {
    decipher.final();
    return { frames: framesIn(plain), plain };
  } catch (error) {
    plain.fill(0);
    throw error;
  }
};

const framesIn = (plain: Buffer): readonly Frame[] => {
  const frames: Frame[] = [];
  for (let at = 0; at < plain.length; ) {
    const kind = plain.readUInt8(at);
    const begin = at + FRAME_HEAD_BYTES;
    const end = begin + plain.readUInt32BE(at + 1);
    if (end > plain.length) throw new Error('the last frame is not whole');
    frames.push({ kind, bytes: plain.subarray(begin, end) });
    at = end;
  }
  return frames;
};
