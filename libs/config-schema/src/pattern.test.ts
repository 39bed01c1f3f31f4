import { describe, expect, test } from 'vitest';
import { isSupportedPattern, patternCost, patternPool } from './pattern.ts';

describe('patterns', () => {
  test.each([
    ['^fast', 'fast-1', true],
    ['a/b', 'xa/by', true],
    ['^\\w+@\\w+$', 'me@here', true],
    ['(?<year>\\d{4})', 'in 2031', true],
    ['FAST', 'fast', false],
    ['a$', 'a\n', false],
  ])('%s on %s is %s', (pattern, subject, matches) => {
    expect(patternPool()(pattern)(subject)).toBe(matches);
  });

  test.each(['(?=x)', '(?!x)', '(?<=x)y', '(a)\\1', '[', '(', 'a{9999}', '('.repeat(20_000)])(
    'what the engine cannot read never matches (%#)',
    (pattern) => {
      expect(isSupportedPattern(pattern)).toBe(false);
      expect(patternPool()(pattern)('xxyaa')).toBe(false);
    },
  );

  test('a pattern that stalls a backtracking engine answers', () => {
    expect(patternPool()('^(a+)+$')(`${'a'.repeat(50_000)}!`)).toBe(false);
  });

  test('a subject too long for its pattern does not match; a long one with a small pattern does', () => {
    const long = 'a'.repeat(400_000);
    expect(patternPool()('^a')(long)).toBe(true);
    expect(patternPool()('(?:[ab]{30}){30}')(long)).toBe(false);
  });

  test('a repeat of repeats is dear before it is compiled', () => {
    expect(patternCost('abc')).toBeLessThan(10);
    expect(patternCost('a{1000}')).toBeGreaterThanOrEqual(1000);
    expect(patternCost('(?:(?:[a-z]{30}){30})')).toBeGreaterThanOrEqual(900);
    expect(patternCost('((a{1000}){1000})')).toBeGreaterThanOrEqual(1_000_000);
    expect(patternCost('[a{9}]{3}')).toBeLessThan(20);
  });

  test('one plan compiles so much and no more; what it already knows still works', () => {
    const pool = patternPool();
    const dear = (index: number): string => `^${index}(?:[ab]{30}){30}`;
    const first = pool(dear(0));
    const later = Array.from({ length: 150 }, (_, index) => pool(`${dear(index + 1)}|^z`));
    expect(later.at(0)?.('z')).toBe(true);
    expect(later.at(-1)?.('z')).toBe(false);
    expect(pool(dear(0))).toBe(first);
  });
});
