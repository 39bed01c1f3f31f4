/** `Bearer x` or `x` -> `x`; undefined for nothing. */
export const bearerToken = (authorization: string | undefined): string | undefined => {
  if (authorization === undefined) return undefined;
  const token = /^bearer /i.test(authorization) ? authorization.slice(7).trim() : authorization.trim();
  return token === '' ? undefined : token;
};

/** Stand-ins that SDKs send when their user gave no key. */
const PLACEHOLDERS = new Set(['OPENAI_API_KEY', 'DUMMY-KEY', 'dummy', 'undefined', 'null']);

/** A credential that somebody meant, or undefined. */
export const realCredential = (token: string | undefined): string | undefined =>
  token === undefined || token === '' || PLACEHOLDERS.has(token) ? undefined : token;

/** `true` / `false` in any case; anything else says nothing. */
export const booleanOf = (text: string | undefined): boolean | undefined => {
  const word = text?.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
};

/** A positive whole number in decimal digits; anything else says nothing. */
export const integerOf = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d{1,15}$/.test(text.trim())) return undefined;
  const number = Number(text);
  return number > 0 ? number : undefined;
};

/**
 * A list in any of the three spellings that clients send: `A, B`, `["A","B"]`, and Python's `['A', 'B']`.
 * Undefined for nothing, never an empty list.
 */
export const listOf = (text: string | undefined): readonly string[] | undefined => {
  if (text === undefined) return undefined;
  const bare = text.trim().replace(/^\[/, '').replace(/\]$/, '');
  const items = bare
    .split(',')
    .map((item) => item.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter((item) => item !== '');
  return items.length > 0 ? items : undefined;
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Node gives header bytes as Latin-1; clients mean UTF-8, unless the bytes are not UTF-8 at all. */
export const decodeJsonHeader = (value: string): string => {
  if (isAscii(value)) return value;
  try {
    return strictUtf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
};

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
};
