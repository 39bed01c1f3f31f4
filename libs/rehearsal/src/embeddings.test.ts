import { expect, test } from 'vitest';
import { base64Vector, inputsOf, unitVector } from './embeddings.ts';

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

test.each(['', '…', 'one', 'the quick brown fox jumps over the lazy dog'])(
  'the vector of %j has length one',
  (text) => {
    expect(Math.hypot(...unitVector(text, 64))).toBeCloseTo(1, 5);
  },
);

test('texts that share words are closer than texts that do not', () => {
  const question = unitVector('What is the capital of France?', 256);
  expect(cosine(question, unitVector('the capital of France, what is it', 256))).toBeGreaterThan(
    cosine(question, unitVector('My printer refuses to print on Mondays', 256)) + 0.3,
  );
});

test('base64 holds little-endian floats', () => {
  const bytes = Buffer.from(base64Vector([1, -0.5]), 'base64');
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([1, -0.5]);
});

test('inputs are texts or tokens, never a mix we would guess at', () => {
  expect(inputsOf('a')).toEqual(['a']);
  expect(inputsOf(['a', 'b'])).toEqual(['a', 'b']);
  expect(inputsOf([1, 2])).toEqual(['1 2']);
  expect(inputsOf([[1], [2, 3]])).toEqual(['1', '2 3']);
  expect(inputsOf([])).toBeUndefined();
  expect(inputsOf([{}])).toBeUndefined();
  expect(inputsOf(undefined)).toBeUndefined();
});
