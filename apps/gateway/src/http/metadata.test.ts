import { expect, it } from 'vitest';
import { mergeMetadata } from './metadata.ts';

const merge = (from: Partial<Parameters<typeof mergeMetadata>[0]>) =>
  mergeMetadata({ baggage: undefined, request: undefined, apiKey: {}, user: undefined, ...from });

it('the API key outweighs the request, and the request outweighs baggage', () => {
  expect(
    merge({
      baggage: 'a=baggage,b=baggage,c=baggage',
      request: '{"b":"request","c":"request"}',
      apiKey: { c: 'key' },
    }),
  ).toEqual({ a: 'baggage', b: 'request', c: 'key' });
});

it('values are text of at most 128 characters', () => {
  const request = JSON.stringify({
    long: 'x'.repeat(200),
    number: 1729,
    truth: true,
    nested: { a: [1, 2] },
    deep: { text: 'y'.repeat(200) },
  });
  expect(merge({ request })).toEqual({
    long: 'x'.repeat(128),
    number: '1729',
    truth: 'true',
    nested: '{"a":[1,2]}',
    deep: `{"text":"${'y'.repeat(128 - '{"text":"'.length)}`,
  });
});

it.each(['{bad', '[1,2]', '"text"', '17', 'null', ''])('%j counts as no metadata', (request) => {
  expect(merge({ request })).toEqual({});
});

it('invalid metadata does not take away what baggage and key say', () => {
  expect(merge({ request: '{bad', baggage: 'a=1', apiKey: { b: '2' } })).toEqual({ a: '1', b: '2' });
});

it("the body's user fills _user where nobody else did", () => {
  expect(merge({ user: 'ada' })).toEqual({ _user: 'ada' });
  expect(merge({ user: 'ada', request: '{"_user":"grace"}' })).toEqual({ _user: 'grace' });
  expect(merge({ user: 'ada', apiKey: { _user: 'owner' } })).toEqual({ _user: 'owner' });
  expect(merge({ user: 42 })).toEqual({});
  expect(merge({ user: 'u'.repeat(200) })._user).toHaveLength(128);
});

it('session_id and other keys mean nothing in particular', () => {
  expect(merge({ request: '{"session_id":"1729","_environment":"production"}' })).toEqual({
    session_id: '1729',
    _environment: 'production',
  });
});

it('baggage is decoded, its properties are left out, and what cannot be read is skipped', () => {
  expect(merge({ baggage: 'user=ada%20l;secret=1, bad, =x, broken=%E0%A4%A, tier = paid ' })).toEqual({
    user: 'ada l',
    tier: 'paid',
  });
});

it('keys that JavaScript knows otherwise do no harm', () => {
  const merged = merge({ request: '{"__proto__":{"polluted":"x"},"constructor":"y","toString":"z"}' });
  expect(merged).toMatchObject({ constructor: 'y', toString: 'z' });
  expect(merged).not.toHaveProperty('polluted');
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});

it('the number of keys is bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`key-${at}`, 'v']));
  expect(Object.keys(merge({ request: JSON.stringify(many) })).length).toBeLessThanOrEqual(128);
});

it('defaults of the API key stand, however many keys a request brings', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`key-${at}`, 'v']));
  const merged = merge({ request: JSON.stringify(many), apiKey: { team: 'blue' } });
  expect(merged.team).toBe('blue');
});
