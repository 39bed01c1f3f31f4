import { InvalidEnvironment, parseEnv } from '@portolan/service-kit';
import { expect, test } from 'vitest';
import { vaultEnv } from './config.ts';

const FILE_AND_TOKENS = {
  VAULT_DATABASE_URL: 'postgres://vault@db/vault',
  VAULT_ROOT_KEY_FILE: '/k',
  VAULT_TLS_DIR: '/tls',
};

const problemsOf = (env: Readonly<Record<string, string>>): string => {
  try {
    parseEnv(vaultEnv, env);
    return '';
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.message;
    throw error;
  }
};

test('a store, a root key and a way to prove who calls are all it needs', () => {
  expect(parseEnv(vaultEnv, FILE_AND_TOKENS)).toMatchObject({
    VAULT_HOST: '127.0.0.1',
    VAULT_PORT: 7443,
    VAULT_STORE: 'postgres',
    VAULT_ROOT_KEY: 'file',
    VAULT_FRESH_FOR_MS: 300_000,
    VAULT_USABLE_FOR_MS: 86_400_000,
  });
});

test.each([
  [{}, ['VAULT_DATABASE_URL', 'VAULT_ROOT_KEY_FILE', 'VAULT_TLS_DIR']],
  [{ ...FILE_AND_TOKENS, VAULT_STORE: 'embedded' }, ['VAULT_DATA_DIR']],
  [{ ...FILE_AND_TOKENS, VAULT_ROOT_KEY: 'environment' }, ['VAULT_ROOT_KEY_CURRENT']],
  [{ ...FILE_AND_TOKENS, VAULT_ROOT_KEY: 'aws-kms' }, ['VAULT_KMS_ID', 'VAULT_KMS_KEY', 'VAULT_KMS_REGION']],
  [{ ...FILE_AND_TOKENS, VAULT_ROOT_KEY: 'gcp-kms' }, ['VAULT_KMS_ID', 'VAULT_KMS_KEY']],
  [
    { ...FILE_AND_TOKENS, VAULT_ROOT_KEY: 'azure-key-vault', VAULT_KMS_ID: 'a', VAULT_KMS_KEY: 'b' },
    ['VAULT_KMS_WRAPPED_KEY_FILE'],
  ],
  [
    { ...FILE_AND_TOKENS, VAULT_ROOT_KEY: 'transit', VAULT_KMS_ID: 'a', VAULT_KMS_KEY: 'b' },
    ['VAULT_KMS_ENDPOINT', 'VAULT_KMS_TOKEN_FILE'],
  ],
])('with %o the start names all that is missing: %j', (env, missing) => {
  const lines = problemsOf(env).split('\n').slice(1);
  expect(lines).toEqual(missing.map((variable) => `  - ${variable}: is required with the other settings`));
});

test('loopback tokens stand in for certificates', () => {
  const { VAULT_TLS_DIR: _, ...rest } = FILE_AND_TOKENS;
  expect(problemsOf({ ...rest, VAULT_LOOPBACK_TOKENS_FILE: '/tokens' })).toBe('');
});
