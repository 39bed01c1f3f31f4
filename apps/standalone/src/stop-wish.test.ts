import { expect, test } from 'vitest';
import { SAME_WISH_MS, stopWish } from './stop-wish.ts';

test('the first signal drains, its echo through npm changes nothing, a later one ends at once', () => {
  expect(stopWish(undefined)).toBe('drain');
  expect(stopWish(0)).toBe('repeat');
  expect(stopWish(SAME_WISH_MS - 1)).toBe('repeat');
  expect(stopWish(SAME_WISH_MS)).toBe('end-now');
});
