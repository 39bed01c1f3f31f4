import { join } from 'node:path';
import { createLogger, parseEnv, systemClock } from '@portolan/service-kit';
import { tempDir } from '@portolan/testing';
import { expect, test } from 'vitest';
import { identityBook, openTransport } from './build-transport.ts';
import { vaultEnv } from './config.ts';
import { writeSecretFile } from './testing/vault-service.ts';

const configOf = (env: Readonly<Record<string, string>>) =>
  parseEnv(vaultEnv, {
    VAULT_DATABASE_URL: 'postgres://vault@db/vault',
    VAULT_ROOT_KEY_FILE: '/k',
    VAULT_LOOPBACK_TOKENS_FILE: '/t',
    ...env,
  });

test('callers are known by their DNS and SPIFFE names in the namespace', () => {
  const book = identityBook(configOf({ VAULT_NAMESPACE: 'prod' }));
  expect(Object.keys(book).toSorted()).toEqual(['control-plane', 'gateway', 'operator']);
  expect(book.gateway).toContain('DNS:gateway.prod.svc');
  expect(book.gateway).toContain('URI:spiffe://cluster.local/ns/prod/sa/gateway');
  expect(JSON.stringify(book)).not.toContain('portolan');
});

test('named identities replace the default ones, one by one', () => {
  const book = identityBook(configOf({ VAULT_IDENTITIES: '{"gateway":["DNS:door.example.com"]}' }));
  expect(book.gateway).toEqual(['DNS:door.example.com']);
  expect(book.operator).toContain('DNS:operator');
});

test.each(['canary', '[]', '{"gateway":"canary"}'])(
  'identities that cannot be read are refused unquoted: %s',
  (text) => {
    const read = () => identityBook(configOf({ VAULT_IDENTITIES: text }));
    expect(read).toThrow('VAULT_IDENTITIES');
    expect(read).not.toThrow('canary');
  },
);

test('tokens are read from their file; short ones prove nothing and are refused unquoted', async () => {
  const { path, remove } = await tempDir();
  const file = join(path, 'tokens.json');
  const open = () =>
    openTransport(configOf({ VAULT_LOOPBACK_TOKENS_FILE: file }), systemClock, createLogger('vault', 'silent'));
  const token = 'a token that is long enough to be one';
  await writeSecretFile(file, JSON.stringify({ gateway: token }));
  expect(await open()).toMatchObject({ transport: { kind: 'loopback-plaintext', tokens: { gateway: token } } });
  await writeSecretFile(file, JSON.stringify({ gateway: 'canary' }));
  await expect(open()).rejects.not.toThrow('canary');
  await remove();
});
