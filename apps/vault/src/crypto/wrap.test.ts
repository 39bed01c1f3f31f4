import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { WrapRefused } from '../ports/root-key.ts';
import { onlyRoot, randomRootKey } from '../testing/root-keys.ts';
import { rootKeyIdOf, unwrapTenantKey, wrapTenantKey } from './wrap.ts';

const CONTEXT = { organizationId: 'o', tenantKeyId: 't', version: 1 };

test('a wrapped tenant key names its root key and opens with it', async () => {
  const root = onlyRoot(randomRootKey('2026-11'));
  const key = randomBytes(32);
  const wrapped = await wrapTenantKey(root, key, CONTEXT);
  expect(rootKeyIdOf(wrapped)).toBe('2026-11');
  expect(await unwrapTenantKey(root, wrapped, CONTEXT)).toEqual(key);
});

test.each([
  ['organisation', { organizationId: 'o2' }],
  ['id', { tenantKeyId: 't2' }],
  ['version', { version: 2 }],
])('a wrapped tenant key does not open as that of another %s', async (_, other) => {
  const root = onlyRoot(randomRootKey('r'));
  const wrapped = await wrapTenantKey(root, randomBytes(32), CONTEXT);
  await expect(unwrapTenantKey(root, wrapped, { ...CONTEXT, ...other })).rejects.toThrow(WrapRefused);
});

test('the previous root key still unwraps; an unknown one, and one of the same name with other bytes, do not', async () => {
  const old = randomRootKey('old');
  const wrapped = await wrapTenantKey(onlyRoot(old), randomBytes(32), CONTEXT);
  const current = randomRootKey('new');
  await expect(unwrapTenantKey({ current, previous: old }, wrapped, CONTEXT)).resolves.toHaveLength(32);
  await expect(unwrapTenantKey(onlyRoot(current), wrapped, CONTEXT)).rejects.toThrow('No root key "old" is loaded.');
  await expect(unwrapTenantKey(onlyRoot(randomRootKey('old')), wrapped, CONTEXT)).rejects.toThrow(WrapRefused);
});

test('something that opens and has not the length of a key is refused', async () => {
  const root = onlyRoot(randomRootKey('r'));
  const wrapped = await wrapTenantKey(root, randomBytes(16), CONTEXT);
  await expect(unwrapTenantKey(root, wrapped, CONTEXT)).rejects.toThrow(WrapRefused);
});

test.each(['', 'w1', 'w1..AA', 'w2.r.AA', 'w1.r.AA.AA', 'w1.r.A=', 'w1.r.'])('%j is no wrapped key', async (text) => {
  await expect(unwrapTenantKey(onlyRoot(randomRootKey('r')), text, CONTEXT)).rejects.toThrow(WrapRefused);
});
