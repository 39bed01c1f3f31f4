import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultServiceService } from '@portolan/proto';
import { secretShapes } from '@portolan/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creation, failureOf, secretsOf } from '../testing/calls.ts';
import { killConformance } from '../testing/kill-conformance.ts';
import { bundleVault, startVaultProcess, type VaultBundle } from '../testing/start-vault-process.ts';
import { clientFor, createVaultFolder, IN_TIME, type VaultFolder } from '../testing/vault-service.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;

let bundle: VaultBundle;
const folders: VaultFolder[] = [];
beforeAll(async () => {
  bundle = await bundleVault();
}, START_MS);
afterAll(async () => {
  for (const folder of folders) await folder.remove();
  await bundle.remove();
});

const newFolder = async (): Promise<VaultFolder> => {
  const folder = await createVaultFolder();
  folders.push(folder);
  return folder;
};

test('V1, V11: nothing that the vault leaves on the disk or prints shows a secret', async () => {
  const folder = await newFolder();
  const secrets = Array.from({ length: 8 }, (_, at) => `sk-Canary${at}/+"=%${'Zq8rT5uV2wX9yA1b'.repeat(2)}${at}`);
  const vault = await startVaultProcess(bundle, { env: { ...folder.env, LOG_LEVEL: 'debug' } });
  const [controlPlane, gateway] = [
    clientFor(folder, vault.port, 'control-plane'),
    clientFor(folder, vault.port, 'gateway'),
  ];
  for (const secret of secrets) {
    const request = creation({ settings: { key: secret, custom_headers: { 'x-more': `${secret}2` } } });
    await controlPlane.unary(VaultServiceService.createCredential, request, IN_TIME);
    expect((await secretsOf(gateway, request.id)).key).toBe(secret);
    // Also what goes wrong must not show it.
    const wrong = creation({ id: request.id, settings: { key: secret, custom_host: secret, [secret]: secret } });
    await failureOf(controlPlane.unary(VaultServiceService.createCredential, wrong, IN_TIME));
  }
  controlPlane.close();
  gateway.close();
  // Killed, so that what an orderly end would have tidied away is still there.
  await vault.kill();

  const needles = secrets.flatMap(secretShapes);
  const printed = Buffer.from(vault.printed());
  expect(printed.length).toBeGreaterThan(0);
  for (const needle of needles) expect(printed.includes(needle), 'its log shows a secret').toBe(false);
  let searchedBytes = 0;
  for (const entry of await readdir(folder.directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    searchedBytes += content.length;
    for (const needle of needles) expect(content.includes(needle), `${entry.name} shows a secret`).toBe(false);
  }
  expect(searchedBytes).toBeGreaterThan(1_000_000);
  // The search finds what is there.
  expect(secretShapes('sk-Canary').some((shape) => Buffer.from('key=sk-Canary').includes(shape))).toBe(true);
}, 300_000);

test('the program serves without arguments only: "operator" is a command, and any other word a mistake', async () => {
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [bundle.entry, ...args], { encoding: 'utf8', env: {} });
  const help = call('operator', '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain('rotate-pepper');
  const wrong = call('operator', 'statsu');
  expect(wrong).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'error: There is no command "statsu"; did you mean "status"?\n',
  });
  expect(call('serve')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('without arguments') });
});

/** Many more for a night: `VAULT_TEST_KILLS=200`. */
killConformance(async () => ({ bundle, folder: await newFolder() }), Number(process.env.VAULT_TEST_KILLS ?? 1));
