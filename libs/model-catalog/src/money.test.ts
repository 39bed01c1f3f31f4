import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorOf, nanoUsdOf, perToken, toNanoUsd } from './money.ts';

test('half a nano-dollar rounds up, less rounds down', () => {
  expect(toNanoUsd(499_999n)).toBe(0);
  expect(toNanoUsd(500_000n)).toBe(1);
  expect(toNanoUsd(1_500_000n)).toBe(2);
});

test('factors are exact', () => {
  expect(toNanoUsd(10_000_000n, [factorOf(1.1)])).toBe(11);
  expect(toNanoUsd(100_000_000n, [factorOf(1.1), factorOf(1.67), factorOf(0.5)])).toBe(92);
});

test('a price of six decimals is exact for any number of tokens', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000_000 }), fc.integer({ min: 0, max: 10_000_000 }), (micro, tokens) => {
      const picoUsd = BigInt(micro) * BigInt(tokens);
      expect(toNanoUsd(perToken(micro / 1e6) * BigInt(tokens))).toBe(Number((picoUsd + 500n) / 1000n));
    }),
  );
});

test('what is no amount of money is none', () => {
  expect(nanoUsdOf(0.0000000015)).toBe(2);
  expect([Number.NaN, -1, Number.POSITIVE_INFINITY].map(nanoUsdOf)).toEqual([undefined, undefined, undefined]);
});
