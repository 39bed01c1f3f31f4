import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeReturnTo } from './return-to.ts';

const HOME = 'https://portolan.example';

test.each([
  ['/logs?x=1#y', '/logs?x=1#y'],
  [undefined, '/'],
  ['', '/'],
  ['logs', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/a\\b', '/'],
  [`/${'a'.repeat(2_000)}`, '/'],
])('%j leads to %j', (given, path) => {
  expect(safeReturnTo(given, HOME)).toBe(path);
});

test('whatever is asked for, one stays on this site', () => {
  const parts = fc.array(
    fc.constantFrom('/', '\\', '//', 'evil.example', '@', ':', '.', '..', '\t', '\n', '%2f', 'https:'),
  );
  fc.assert(
    fc.property(parts, (given) => {
      const path = safeReturnTo(given.join(''), HOME);
      expect(path.startsWith('/')).toBe(true);
      expect(new URL(path, HOME).origin).toBe(HOME);
      expect(new URL(`${HOME}${path}`).origin).toBe(HOME);
    }),
  );
});
