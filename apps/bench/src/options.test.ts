import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('measures three rounds without the peer by default', () => {
    expect(readOptions([])).toMatchObject({ rounds: 3, peer: false, load: 'auto' });
  });

  it('lets an explicit count win over the quick preset', () => {
    expect(readOptions(['--quick', '--rounds', '2'])).toMatchObject({ rounds: 2, windowSeconds: 1 });
  });

  it.each([
    ['--rounds', '0'],
    ['--seconds', '1.5'],
    ['--seconds', '-1'],
    ['--load', 'ab'],
  ])('refuses %s %s', (...argv) => {
    expect(() => readOptions(argv)).toThrow(TypeError);
  });

  it('refuses a flag it does not know', () => {
    expect(() => readOptions(['--pear'])).toThrow();
  });

  it('asks for help whatever else is said', () => {
    expect(readOptions(['--help', '--quick'])).toBe('help');
  });
});
