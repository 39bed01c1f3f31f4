import { expect, it } from 'vitest';
import { base64Vector } from './base64-vector.ts';
import { textInputs } from './input.ts';

it('writes little-endian 32-bit floats', () => {
  const bytes = Buffer.from(base64Vector([1, -2, 0.1]), 'base64');
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.readFloatLE(8)]).toEqual([1, -2, Math.fround(0.1)]);
  expect(base64Vector([])).toBe('');
});

it('takes one text or several', () => {
  expect(textInputs({ input: 'a' })).toEqual(['a']);
  expect(textInputs({ input: ['a', ''] })).toEqual(['a', '']);
});

it.each([[undefined], [null], [[]], [[1, 2]], [[[1]]], [['a', 1]], [{}]])('refuses %j', (input) => {
  expect(() => textInputs({ input })).toThrow('input must be');
});
