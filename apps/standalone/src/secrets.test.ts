import { mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UnusableKeyFile } from './api-key.ts';
import { keepSecrets } from './secrets.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'portolan-secrets-'));
});
afterEach(() => rm(dir, { recursive: true }));

const vaultData = () => join(dir, 'vault');
const textOf = (file: string) => readFile(file, 'utf8');

test('every secret is made once, for its owner only', async () => {
  const files = await keepSecrets(dir, vaultData());
  const texts = await Promise.all(Object.values(files).map(textOf));
  expect(await keepSecrets(dir, vaultData())).toEqual(files);
  expect(await Promise.all(Object.values(files).map(textOf))).toEqual(texts);
  for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o777, name).toBe(0o600);
});

test('the gateway has its own token and no other', async () => {
  const files = await keepSecrets(dir, vaultData());
  const tokens: unknown = JSON.parse(await textOf(files.serviceTokens));
  expect(tokens).toEqual({ gateway: (await textOf(files.gatewayToken)).trim(), 'control-plane': expect.any(String) });
  expect(new Set(Object.values(tokens as Record<string, string>)).size).toBe(2);
});

test('the vault knows the operator besides, also on a folder from before there was one', async () => {
  const { vaultTokens, operatorToken, serviceTokens } = await keepSecrets(dir, vaultData());
  const services: unknown = JSON.parse(await textOf(serviceTokens));
  await unlink(vaultTokens);
  await unlink(operatorToken);
  await keepSecrets(dir, vaultData());
  expect(JSON.parse(await textOf(vaultTokens))).toEqual({
    ...Object(services),
    operator: (await textOf(operatorToken)).trim(),
  });
});

test('tokens that cannot be read are asked to be removed, and not shown', async () => {
  const { serviceTokens } = await keepSecrets(dir, vaultData());
  await writeFile(serviceTokens, '{"gateway": "canary');
  const keeping = keepSecrets(dir, vaultData());
  await expect(keeping).rejects.toThrow(UnusableKeyFile);
  await expect(keeping).rejects.not.toThrow('canary');
});

test('a root key that is gone is asked for, once the vault holds something', async () => {
  const { rootKey } = await keepSecrets(dir, vaultData());
  await mkdir(vaultData());
  await keepSecrets(dir, vaultData());
  await unlink(rootKey);
  await expect(keepSecrets(dir, vaultData())).rejects.toThrow(UnusableKeyFile);
  await expect(stat(rootKey)).rejects.toThrow();
});
