import { expect, test } from 'vitest';
import { failureCount } from './failure-count.ts';

test('a key fails as often as asked and then never again', () => {
  const count = failureCount();
  expect([1, 2, 3, 4].map(() => count.fails('a', 2))).toEqual([true, true, false, false]);
  expect(count.fails('b', 1)).toBe(true);
});

test('the number of keys is bounded: the one not seen for longest starts again', () => {
  const count = failureCount(2);
  count.fails('a', 1);
  count.fails('b', 1);
  count.fails('a', 1);
  count.fails('c', 1);
  expect(count.fails('a', 1)).toBe(false);
  expect(count.fails('b', 1)).toBe(true);
});
