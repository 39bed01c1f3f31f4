import { join } from 'node:path';
import { VaultOperatorServiceService } from '@portolan/proto';
import { type MigratableDatabase, openPglite } from '@portolan/sql';
import { createAuthority, hasOpenssl, tempDir } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { create, creation } from '../testing/calls.ts';
import {
  createVaultFolder,
  type RunningVault,
  startVaultOver,
  type VaultFolder,
  writeSecretFile,
} from '../testing/vault-service.ts';
import { OPERATOR_COMMANDS } from './commands.ts';
import { runOperator } from './run.ts';

/** An embedded database starts slowly on a busy machine. */
const START_MS = 60_000;
const ACTOR = 'user:ada';

let database: MigratableDatabase;
let folder: VaultFolder;
let vault: RunningVault;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await createVaultFolder();
  database = await openPglite();
  vault = await startVaultOver(database, folder);
  await vault.service.open();
  await create(vault, creation({ settings: { key: 'sk-canary-0123456789' } }));
}, START_MS);
beforeEach(async () => {
  env = {
    VAULT_OPERATOR_TARGET: `127.0.0.1:${vault.port}`,
    VAULT_OPERATOR_TOKEN_FILE: await tokenFile(folder.tokens.operator),
  };
});
afterAll(async () => {
  await vault.stop();
  await database.close();
  await folder.remove();
});

const tokenFile = async (content: string): Promise<string> => {
  const path = join(folder.directory, 'operator-token');
  await writeSecretFile(path, `${content}\n`);
  return path;
};

const run = async (...args: string[]) => {
  let [out, err] = ['', ''];
  const exitCode = await runOperator(args, {
    env,
    actor: ACTOR,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { exitCode, out, err };
};
const runJson = async (...args: string[]) => {
  const { exitCode, out, err } = await run(...args, '--json');
  expect(err).toBe('');
  return { exitCode, json: JSON.parse(out) };
};

/** Every command as it is called, and what it says to programs. */
const CALLS: Readonly<Record<string, { readonly args: readonly string[]; readonly says: unknown }>> = {
  status: { args: [], says: { is_sealed: false, root_key_id: 'root-1', unreadable_organization_ids: [] } },
  'rotate-root-key': { args: [], says: { rewrapped: 0, refused: 0 } },
  'rotate-tenant-key': { args: ['org-1'], says: { to_version: expect.any(Number) } },
  'rotate-pepper': { args: [], says: { current_id: expect.stringMatching(/^pp-/) } },
  'rotate-sealing-key': { args: [], says: { current_id: expect.stringMatching(/^sl-/) } },
};

test('every method of the operator has a command, and every command is called here', () => {
  const methods = Object.values(VaultOperatorServiceService).map(({ path }) => path);
  expect(OPERATOR_COMMANDS.map(({ path }) => path).toSorted()).toEqual(methods.toSorted());
  expect(Object.keys(CALLS)).toEqual(OPERATOR_COMMANDS.map(({ name }) => name));
});

test.each(Object.entries(CALLS))('%s does what it says, for people and for programs', async (name, { args, says }) => {
  expect(await runJson(name, ...args)).toMatchObject({ exitCode: 0, json: says });
  const { exitCode, out, err } = await run(name, ...args);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/\n$/);
});

test('the audit names who asked', async () => {
  const rotated = await run('rotate-pepper');
  expect(rotated.exitCode).toBe(0);
  const rows = await database.query(`select line from vault_audit where action = 'pepper.rotate'`);
  expect(rows.map(({ line }) => JSON.parse(String(line)))).toContainEqual(
    expect.objectContaining({ actor: ACTOR, caller: 'operator' }),
  );
});

test('an error of the vault shows its name and its sentence, and ends with 2', async () => {
  expect(await run('rotate-tenant-key', 'org-none')).toEqual({
    exitCode: 2,
    out: '',
    err: 'error not_found: The organization has no key yet.\n',
  });
  const { exitCode, err } = await run('rotate-tenant-key', 'no/id', '--json');
  expect({ exitCode, ...JSON.parse(err) }).toMatchObject({ exitCode: 2, error: { type: 'invalid_request_error' } });
});

test.each([
  ['another service', () => folder.tokens['control-plane']],
  ['nobody', () => 'x'.repeat(43)],
])('the token of %s is refused by every command, and not shown', async (_whose, token) => {
  env.VAULT_OPERATOR_TOKEN_FILE = await tokenFile(token());
  for (const [name, { args }] of Object.entries(CALLS)) {
    const { exitCode, out, err } = await run(name, ...args);
    expect({ name, exitCode, out }).toEqual({ name, exitCode: 2, out: '' });
    expect(err).toMatch(/^error permission_denied: /);
    expect(err).not.toContain(token());
  }
});

test('what cannot be a token is not sent and not shown', async () => {
  env.VAULT_OPERATOR_TOKEN_FILE = await tokenFile('canary one\ncanary two');
  const { exitCode, err } = await run('status');
  expect(exitCode).toBe(2);
  expect(err).toBe('error: VAULT_OPERATOR_TOKEN_FILE: does not hold one token.\n');
});

test('a vault that is not there, and settings that cannot be, are told in a sentence', async () => {
  env.VAULT_OPERATOR_TARGET = '127.0.0.1:1';
  expect(await run('status')).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/^error connection_error: .*\n.*ECONNREFUSED/),
  });
  env.VAULT_OPERATOR_TARGET = 'dns:///vault.example.com:7443';
  expect((await run('status')).err).toBe('error: VAULT_OPERATOR_TARGET: Plaintext is for loopback addresses only.\n');
  env = {};
  expect((await run('status')).err).toContain('VAULT_OPERATOR_TLS_DIR: this or VAULT_OPERATOR_TOKEN_FILE');
});

test('help needs no vault', async () => {
  env = {};
  expect(await run('--help')).toMatchObject({ exitCode: 0, err: '' });
  expect((await run('rotate-tenant-key', '--help')).out).toContain('Usage: operator rotate-tenant-key ORGANISATION');
});

test('of a sealed vault the status says why and ends with 1; a rotation is an error', async () => {
  const sealed = await startVaultOver(database, folder);
  try {
    env.VAULT_OPERATOR_TARGET = `127.0.0.1:${sealed.port}`;
    expect(await runJson('status')).toMatchObject({ exitCode: 1, json: { is_sealed: true, root_key_id: null } });
    expect((await run('status')).out).toMatch(/^sealed {6}yes\nbecause {5}\S/);
    const rotation = await run('rotate-pepper');
    expect(rotation).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^error store_unavailable: The vault is sealed: /),
    });
  } finally {
    await sealed.stop();
  }
});

const skipped = hasOpenssl ? '' : ' (SKIPPED: the openssl command is missing)';

describe.skipIf(!hasOpenssl)(`mutual TLS${skipped}`, () => {
  test('an operator proves itself by its certificate, and the vault by a name that is expected', async () => {
    const certificates = await tempDir();
    const [ofVault, ofOperator, ofGateway] = ['vault', 'operator', 'gateway'].map(createAuthority(certificates.path));
    const secure = await startVaultOver(database, { ...folder, env: { ...folder.env, VAULT_TLS_DIR: ofVault ?? '' } });
    try {
      const through = (directory = '', names = 'DNS:vault') => {
        env = {
          VAULT_OPERATOR_TARGET: `127.0.0.1:${secure.port}`,
          VAULT_OPERATOR_TLS_DIR: directory,
          VAULT_OPERATOR_SERVER_NAMES: names,
        };
        return run('status');
      };
      expect(await through(ofOperator)).toMatchObject({ exitCode: 1, out: expect.stringContaining('sealed') });
      expect((await through(ofGateway)).err).toMatch(/^error permission_denied: /);
      expect((await through(ofOperator, 'DNS:elsewhere')).err).toMatch(/^error connection_error: /);
      expect((await through(folder.directory)).err).toMatch(/^error: VAULT_OPERATOR_TLS_DIR: /);
      expect((await through(ofOperator, '')).err).toContain('VAULT_OPERATOR_SERVER_NAMES');
    } finally {
      await secure.stop();
      await certificates.remove();
    }
  });
});
