import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

const KNOWN = ['key', 'custom_host', 'custom_headers', 'aws_region', 'aws_secret_access_key', 'openai_project'];

test.each([
  ['awsRegion', 'aws_region'],
  ['aws_regoin', 'aws_region'],
  ['customHosts', 'custom_host'],
  ['api_key', 'key'],
  ['secret_access_key', 'aws_secret_access_key'],
  ['project', 'openai_project'],
  ['something_else', undefined],
])('of %s the nearest setting is %s', (written, nearest) => {
  expect(nearestName(written, KNOWN)).toBe(nearest);
});

test('the distance is that of a text to itself, symmetric, and at most the longer length', () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});
