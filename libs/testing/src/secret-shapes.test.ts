import { expect, test } from 'vitest';
import { secretsSeenIn } from './secret-shapes.ts';

const SECRET = 'sk-canary/+"=%Zq8rT5uV2wX9';

test.each([
  ['as it is', `key=${SECRET};`],
  ['in hexadecimal', `\\x${Buffer.from(`a${SECRET}b`).toString('hex')}`],
  ['in JSON inside JSON', JSON.stringify({ body: JSON.stringify({ key: SECRET }) })],
  ['in a URL', `https://example.com/?q=${encodeURIComponent(SECRET)}`],
  ['in base64, one further each time', Buffer.from(`${SECRET} x`).toString('base64')],
  ['in base64, one further each time', Buffer.from(`1${SECRET} x`).toString('base64')],
  ['in base64url, one further each time', Buffer.from(`12${SECRET} x`).toString('base64url')],
])('a secret is seen %s', (_form, content) => {
  expect(secretsSeenIn(Buffer.from(content), ['another secret of some length', SECRET])).toEqual([SECRET]);
});
