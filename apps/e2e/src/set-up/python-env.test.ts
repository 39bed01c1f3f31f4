import { describe, expect, it } from 'vitest';
import { isNewEnough } from './python-env.ts';

describe('isNewEnough', () => {
  it.each([
    ['3.10.0', true],
    ['3.14.1', true],
    ['4.0.0', true],
    ['3.9.18', false],
    ['2.7.18', false],
  ])('takes Python %s: %s', (version, answer) => {
    expect(isNewEnough(version)).toBe(answer);
  });
});
