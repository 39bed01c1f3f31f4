import { expect, test } from 'vitest';
import { everySplit, rechunk } from './byte-splits.ts';

const bytes = new TextEncoder().encode('data: é\n\n');

test('every split is tried once, and every byte alone', () => {
  const splits = [...everySplit(bytes)];
  expect(splits).toHaveLength(bytes.length);
  for (const reads of splits) expect(Buffer.concat(reads)).toEqual(Buffer.from(bytes));
  expect(splits.at(-1)?.every((read) => read.length === 1)).toBe(true);
});

test('equal seeds cut equally, other seeds otherwise, and nothing is lost', () => {
  const long = new Uint8Array(5000).map((_, at) => at);
  const lengths = (seed: number) => rechunk(long, seed).map((read) => read.length);
  expect(lengths(7)).toEqual(lengths(7));
  expect(lengths(7)).not.toEqual(lengths(8));
  expect(Buffer.concat(rechunk(long, 7))).toEqual(Buffer.from(long));
  expect(Math.max(...lengths(7))).toBeLessThanOrEqual(64);
});
