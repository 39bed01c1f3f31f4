import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey, isApiKey } from '@portolan/api-key';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepAdminKey, keepApiKey, UnusableKeyFile } from './api-key.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-key-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('the key made at the first start is the key of every later one, for its owner only', async () => {
  const first = await keepApiKey(dir, undefined);
  expect(isApiKey(first.key)).toBe(true);
  expect(await keepApiKey(dir, undefined)).toEqual(first);
  expect(await readFile(first.file, 'utf8')).toBe(`${first.key}\n`);
  expect((await stat(first.file)).mode & 0o777).toBe(0o600);
});

test('a given key is used and does not replace the kept one', async () => {
  const kept = await keepApiKey(dir, undefined);
  const given = await keepApiKey(dir, 'my-very-own-secret');
  expect(given.key).toBe('my-very-own-secret');
  expect(await readFile(given.file, 'utf8')).toBe('my-very-own-secret\n');
  expect((await stat(given.file)).mode & 0o777).toBe(0o600);
  expect(await keepApiKey(dir, undefined)).toEqual(kept);
});

test('a key file that was cut short is reported, never replaced', async () => {
  const file = join(dir, 'api-key');
  await writeFile(file, createApiKey().slice(0, 30));
  await expect(keepApiKey(dir, undefined)).rejects.toThrow(UnusableKeyFile);
});

test('the administrator has a key of their own', async () => {
  const admin = await keepAdminKey(dir);
  expect(isApiKey(admin.key)).toBe(true);
  expect(admin.key).not.toBe((await keepApiKey(dir, undefined)).key);
  expect(await keepAdminKey(dir)).toEqual(admin);
  expect((await stat(admin.file)).mode & 0o777).toBe(0o600);
});
