import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginSealing, type Frame, unseal } from './sealed-format.ts';

const seal = (frames: readonly Frame[], key: Uint8Array): Buffer => {
  const sealing = beginSealing(key);
  return Buffer.concat([sealing.head, ...frames.map(sealing.frame), sealing.end()]);
};

const frames = fc.array(
  fc.record({ kind: fc.integer({ min: 0, max: 255 }), bytes: fc.uint8Array({ maxLength: 300 }) }),
);

describe('a sealed file', () => {
  it('gives back the frames that were sealed', () => {
    fc.assert(
      fc.property(frames, (given) => {
        const key = randomBytes(32);
        const read = unseal(seal(given, key), key).frames;
        expect(read.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString('hex')])).toEqual(
          given.map(({ kind, bytes }) => [kind, Buffer.from(bytes).toString('hex')]),
        );
      }),
    );
  });

  it('is refused after the change of any bit, at any length but its own, and with any other key', () => {
    const key = randomBytes(32);
    const file = seal([{ kind: 1, bytes: Buffer.from('hello') }], key);
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const changed = Buffer.from(file);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => unseal(changed, key), `bit ${bit}`).toThrow();
    }
    for (let length = 0; length < file.length; length += 1)
      expect(() => unseal(file.subarray(0, length), key)).toThrow();
    expect(() => unseal(Buffer.concat([file, Buffer.alloc(1)]), key)).toThrow();
    expect(() => unseal(file, randomBytes(32))).toThrow();
  });

  it('is never the same twice', () => {
    const key = randomBytes(32);
    expect(seal([], key).equals(seal([], key))).toBe(false);
  });
});
