/** Every way to receive some bytes in two reads, and last the way in which every byte comes alone. */
export function* everySplit(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
}

/**
 * The same bytes in reads of uneven size, as a network might cut them. Equal seeds cut equally.
 * @param maxBytes no read is longer
 */
export const rechunk = (bytes: Uint8Array, seed: number, maxBytes = 64): readonly Uint8Array[] => {
  const next = randomFrom(seed);
  const reads: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(next() * maxBytes);
    reads.push(bytes.subarray(at, end));
    at = end;
  }
  return reads;
};

/** Numbers from 0 to 1 that only depend on the seed. @source mulberry32, public domain */
const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
