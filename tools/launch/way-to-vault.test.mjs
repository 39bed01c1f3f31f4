import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asksForHelp, takeDataDir, wayToVault } from './way-to-vault.mjs';

let dir;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'portolan-way-'));
  mkdirSync(join(dir, 'keys'));
  writeFileSync(join(dir, 'keys', 'operator.json'), JSON.stringify({ target: '127.0.0.1:5', tokenFile: '/t' }));
});
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  [['status'], ['status'], undefined],
  [['status', '--data-dir', 'd', '--json'], ['status', '--json'], 'd'],
  [['--data-dir=d', 'status'], ['status'], 'd'],
])('the folder is taken out of %j, wherever it stands', (args, rest, dataDir) => {
  expect(takeDataDir(args)).toEqual({ rest, dataDir });
});

test.each([[['status', '--data-dir']], [['--data-dir=', 'status']]])('%j is refused', (args) => {
  expect(() => takeDataDir(args)).toThrow('--data-dir needs a value.');
});

test('a folder of a platform leads to its vault, and the flag wins over the environment', () => {
  const way = { VAULT_OPERATOR_TARGET: '127.0.0.1:5', VAULT_OPERATOR_TOKEN_FILE: '/t' };
  expect(wayToVault(dir, { VAULT_OPERATOR_TLS_DIR: '/elsewhere' })).toEqual({
    ...way,
    VAULT_OPERATOR_TLS_DIR: '',
    VAULT_OPERATOR_SERVER_NAMES: '',
  });
  expect(wayToVault(undefined, { PORTOLAN_DATA_DIR: dir })).toMatchObject(way);
});

test('an environment that leads to a vault is left alone', () => {
  expect(wayToVault(undefined, { PORTOLAN_DATA_DIR: dir, VAULT_OPERATOR_TARGET: 'dns:///vault:7443' })).toEqual({});
});

test('a folder on which no platform runs is told by its name', () => {
  const nowhere = join(dir, 'nowhere');
  expect(() => wayToVault(undefined, { PORTOLAN_DATA_DIR: nowhere })).toThrow(nowhere);
  expect(() => wayToVault(nowhere, { VAULT_OPERATOR_TARGET: 'dns:///vault:7443' })).toThrow(nowhere);
});

test('help needs no vault', () => {
  for (const args of [[], ['help'], ['-h'], ['status', '--help']]) expect(asksForHelp(args), String(args)).toBe(true);
  expect(asksForHelp(['rotate-tenant-key', 'help'])).toBe(false);
});
