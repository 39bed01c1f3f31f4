import { expect, it } from 'vitest';
import { bearerToken, booleanOf, decodeJsonHeader, integerOf, listOf, realCredential } from './header-values.ts';

it.each([
  ['Bearer sk-1', 'sk-1'],
  ['bearer sk-1', 'sk-1'],
  ['sk-1', 'sk-1'],
  ['  sk-1 ', 'sk-1'],
  ['Bearer ', undefined],
  ['', undefined],
  [undefined, undefined],
])('the token of Authorization %j is %j', (header, token) => {
  expect(bearerToken(header)).toBe(token);
});

it.each(['OPENAI_API_KEY', 'DUMMY-KEY', 'dummy', 'undefined', 'null', ''])('%j is no credential', (placeholder) => {
  expect(realCredential(placeholder)).toBeUndefined();
});

it('a credential that somebody meant is taken as it is', () => {
  expect(realCredential('sk-null')).toBe('sk-null');
  expect(realCredential(undefined)).toBeUndefined();
});

it.each([
  ['true', true],
  ['TRUE', true],
  [' True ', true],
  ['false', false],
  ['False', false],
  ['yes', undefined],
  ['1', undefined],
  ['0', undefined],
  ['', undefined],
  [undefined, undefined],
])('the boolean header %j says %j', (text, value) => {
  expect(booleanOf(text)).toBe(value);
});

it.each([
  ['10000', 10_000],
  [' 300 ', 300],
  ['007', 7],
  ['0', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['Infinity', undefined],
  ['9'.repeat(40), undefined],
  ['', undefined],
  [undefined, undefined],
])('the integer header %j says %j', (text, value) => {
  expect(integerOf(text)).toBe(value);
});

it.each([
  ['X-A, X-B', ['X-A', 'X-B']],
  ['X-A,X-B', ['X-A', 'X-B']],
  ['X-A', ['X-A']],
  ['["X-A","X-B"]', ['X-A', 'X-B']],
  ['[ "X-A" , "X-B" ]', ['X-A', 'X-B']],
  ["['X-A', 'X-B']", ['X-A', 'X-B']],
  ["['X-A']", ['X-A']],
  [' , ,X-A,', ['X-A']],
  ['[]', undefined],
  [' , ', undefined],
  ['', undefined],
  [undefined, undefined],
])('the list header %j holds %j', (text, names) => {
  expect(listOf(text)).toEqual(names);
});

const asNodeGivesIt = (bytes: Buffer): string => bytes.toString('latin1');

it('header bytes are UTF-8 where they can be, and Latin-1 where they cannot', () => {
  expect(decodeJsonHeader('{"a":"b"}')).toBe('{"a":"b"}');
  expect(decodeJsonHeader(asNodeGivesIt(Buffer.from('{"city":"Zürich 東京"}')))).toBe('{"city":"Zürich 東京"}');
  // One SDK sends é as the single byte E9, which is no UTF-8.
  expect(decodeJsonHeader(asNodeGivesIt(Buffer.from([0x7b, 0xe9, 0x7d])))).toBe('{é}');
});

it('escapes that one SDK writes for non-ASCII text are left to the JSON parser', () => {
  expect(JSON.parse(decodeJsonHeader('{"city":"Z\\u00fcrich"}'))).toEqual({ city: 'Zürich' });
});
