import { expect, test } from 'vitest';
import { ALL_NAMES, namesAt } from './known-names.ts';
import { editDistance, nearestName } from './spelling.ts';

test.each([
  ['', '', 5, 0],
  ['abc', 'abc', 0, 0],
  ['abc', 'acb', 5, 1],
  ['targts', 'targets', 5, 1],
  ['kitten', 'sitting', 5, 3],
  ['kitten', 'sitting', 2, undefined],
  ['a', 'abcdef', 3, undefined],
])('%s and %s within %d are %s apart', (a, b, bound, distance) => {
  expect(editDistance(a, b, bound)).toBe(distance);
  expect(editDistance(b, a, bound)).toBe(distance);
});

test('the nearest of several names is meant; a far one is not', () => {
  expect(nearestName('retires', ['retry', 'cache', 'retries'])).toBe('retries');
  expect(nearestName('maxAge', ['mode', 'max_age'])).toBe('max_age');
  expect(nearestName('zzz', ['retry', 'cache'])).toBeUndefined();
  expect(nearestName('x'.repeat(10_000), ['x'.repeat(9_999)])).toBeUndefined();
});

test('names are looked up by the object they stand in', () => {
  expect(namesAt(['targets', 3])).toContain('override_params');
  expect(namesAt(['targets', 3, 'cache'])).toEqual(['mode', 'max_age']);
  expect(namesAt([])).toContain('strategy');
  expect(new Set(ALL_NAMES.map((name) => name.replaceAll('_', ''))).size).toBe(ALL_NAMES.length);
});
