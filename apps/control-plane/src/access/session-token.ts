import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits for a URL or a cookie. Only their digest is ever stored. */
export const newToken = (randomBytes: (count: number) => Uint8Array): string =>
  Buffer.from(randomBytes(TOKEN_BYTES)).toString('base64url');

export const isToken = (text: string): boolean => TOKEN.test(text);

/** What is kept of a token: it is random enough for a fast digest. */
export const digestToken = (token: string): Uint8Array => createHash('sha256').update(token).digest();

/** What a page has to send along with every change, to show that it is ours. It tells nothing of the cookie. */
export const csrfTokenOf = (token: string): string => createHmac('sha256', token).update('csrf').digest('base64url');

export const isCsrfTokenOf = (token: string, given: string): boolean => {
  const expected = Buffer.from(csrfTokenOf(token));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
