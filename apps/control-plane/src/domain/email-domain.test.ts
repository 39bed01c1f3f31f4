import { expect, test } from 'vitest';
import { isOfDomain } from './email-domain.ts';

test.each([
  ['ada@example.com', ['example.com'], true],
  ['ada@EXAMPLE.com', ['Example.com'], true],
  ['ada@evil-example.com', ['example.com'], false],
  ['ada@sub.example.com', ['example.com'], false],
  ['ada@sub.example.com', ['*.example.com'], true],
  ['ada@example.com', ['*.example.com'], false],
  ['"a@example.com"@evil.org', ['example.com'], false],
  ['ada@example.com', [], false],
])('%s of %j: %s', (email, allowed, expected) => {
  expect(isOfDomain(email, allowed)).toBe(expected);
});
