import { expect, test } from 'vitest';
import { traceEntries, traceFrom } from './context.ts';
import { accessProblems, identitiesOf, identitiesOfToken, mayCall } from './identity.ts';

const BOOK = {
  gateway: ['URI:spiffe://portolan/gateway', 'DNS:gateway.portolan.svc'],
  vault: ['DNS:vault.portolan.svc'],
};

test.each([
  ['URI:spiffe://portolan/gateway', ['gateway']],
  ['DNS:a.example, DNS:gateway.portolan.svc, DNS:b.example', ['gateway']],
  ['DNS:gateway.portolan.svc, DNS:vault.portolan.svc', ['gateway', 'vault']],
  ['DNS:gateway.portolan.svc.evil.example', []],
  ['DNS:spiffe://portolan/gateway', []],
  ['URI:spiffe://portolan/gateway/x', []],
  ['URI:"x, DNS:gateway.portolan.svc"', []],
  ['', []],
  [undefined, []],
])('a certificate for %s proves %j', (names, identities) => expect(identitiesOf(names, BOOK)).toEqual(identities));

test('a token proves the identity it belongs to, and nothing else', () => {
  const tokens = { gateway: 'g', vault: 'v', nobody: '' };
  expect(identitiesOfToken('g', tokens)).toEqual(['gateway']);
  for (const given of ['', 'x', undefined, Buffer.from('g')]) expect(identitiesOfToken(given, tokens)).toEqual([]);
});

test('every cell of a table: who is not named may not call', () => {
  const access = { '/a/One': ['gateway'], '/a/Two': ['gateway', 'vault'], '/a/None': [] };
  const cells = ['/a/One', '/a/Two', '/a/None', '/a/Absent', 'constructor'].map((path) => [
    mayCall(access, path, ['gateway']),
    mayCall(access, path, ['vault']),
    mayCall(access, path, ['console', 'vault']),
    mayCall(access, path, []),
  ]);
  expect(cells).toEqual([
    [true, false, false, false],
    [true, true, true, false],
    [false, false, false, false],
    [false, false, false, false],
    [false, false, false, false],
  ]);
});

test('a table is checked against the methods and identities that exist', () => {
  expect(accessProblems({ '/a/One': ['gateway'] }, ['/a/One'], ['gateway'])).toEqual([]);
  expect(accessProblems({ '/a/One': ['gatway'], '/a/Oen': [] }, ['/a/One'], ['gateway'])).toHaveLength(2);
});

test('a trace crosses, and what could break a header is left out', () => {
  const trace = { requestId: 'r', traceparent: '00-1-2-01', tracestate: undefined };
  const carry = (given: Parameters<typeof traceEntries>[0]) => {
    const entries = traceEntries(given);
    return traceFrom((name) => entries[name]);
  };
  expect(carry(trace)).toEqual(trace);
  for (const requestId of ['a\r\nb', 'ü', '', 'x'.repeat(513)]) expect(traceEntries({ requestId })).toEqual({});
});
