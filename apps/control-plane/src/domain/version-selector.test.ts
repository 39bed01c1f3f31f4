import { describe, expect, test } from 'vitest';
import { readVersioned } from './version-selector.ts';

describe('which version is meant', () => {
  test.each([
    ['pp-x', undefined, { kind: 'published' }],
    ['pp-x', '', { kind: 'published' }],
    ['pp-x', 'default', { kind: 'published' }],
    ['pp-x', 'latest', { kind: 'latest' }],
    ['pp-x', '3', { kind: 'number', number: 3 }],
    ['pp-x', 'production', { kind: 'label', label: 'production' }],
    ['pp-x@2', undefined, { kind: 'number', number: 2 }],
    ['pp-x@latest', undefined, { kind: 'latest' }],
    ['pp-x@2', 'latest', { kind: 'latest' }],
  ])('%s with ?version=%s', (path, version, expected) => {
    expect(readVersioned(path, version)).toEqual({ ref: 'pp-x', version: expected });
  });

  test('a path that names nothing is nothing', () => {
    for (const path of ['', 'a b', 'pp-x@', 'pp-x@0', '@1'])
      expect(readVersioned(path, undefined), path).toBeUndefined();
  });

  test('a version that cannot be one is refused by name', () => {
    for (const version of ['0', '99999999999', 'a b', 'a@b']) {
      expect(() => readVersioned('pp-x', version), version).toThrow(expect.objectContaining({ param: 'version' }));
    }
  });
});
