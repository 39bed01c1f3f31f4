import { expect, test } from 'vitest';
import type { PlatformSettings } from './environments.ts';
import { SERVICES } from './services.ts';

const settings: PlatformSettings = {
  host: '127.0.0.1',
  ports: { gateway: 8787, management: 8788, controlPlane: 7444, vault: 7443 },
  dirs: {
    root: '/data',
    keys: '/data/keys',
    vault: '/data/vault',
    controlPlane: '/data/control-plane',
    snapshot: '/data/snapshot',
    logs: '/data/logs',
  },
  secrets: {
    rootKey: '/data/keys/root-key.json',
    snapshotKey: '/data/keys/snapshot-key',
    serviceTokens: '/data/keys/service-tokens.json',
    vaultTokens: '/data/keys/vault-tokens.json',
    operatorToken: '/data/keys/operator-token',
    gatewayToken: '/data/keys/gateway-token',
  },
  apiKeyFile: '/data/api-key',
  adminKeyFile: '/data/admin-key',
  ownerPasswordFile: '/data/owner-password',
  rehearsalUrl: 'http://127.0.0.1:1/v1',
  drainGraceMs: 30_000,
};

const environments = (env: Record<string, string>): Record<string, Readonly<Record<string, string | undefined>>> =>
  Object.fromEntries(SERVICES.flat().map(({ app, environment }) => [app, environment(env, settings)]));

test('the key given to this command does not show in the environment of any service', () => {
  for (const env of Object.values(environments({ PORTOLAN_API_KEY: 'secret', PATH: '/bin' }))) {
    expect(Object.values(env)).not.toContain('secret');
    expect(env.PATH).toBe('/bin');
  }
});

test('no service sees the variables of another', () => {
  const {
    gateway,
    vault,
    'control-plane': controlPlane,
  } = environments({
    VAULT_DATABASE_URL: 'postgres://vault',
    CONTROL_PLANE_DATABASE_URL: 'postgres://control-plane',
    GATEWAY_TOTAL_TIMEOUT_MS: '7',
  });
  expect(vault).toMatchObject({ VAULT_DATABASE_URL: 'postgres://vault', VAULT_STORE: 'postgres' });
  expect(controlPlane).toMatchObject({ CONTROL_PLANE_DATABASE_URL: 'postgres://control-plane' });
  expect(gateway).toMatchObject({ GATEWAY_TOTAL_TIMEOUT_MS: '7' });
  for (const [own, env] of [
    ['GATEWAY_', gateway],
    ['VAULT_', vault],
    ['CONTROL_PLANE_', controlPlane],
  ] as const) {
    const others = ['GATEWAY_', 'VAULT_', 'CONTROL_PLANE_'].filter((prefix) => prefix !== own);
    const names = Object.keys(env ?? {});
    expect(names.filter((name) => others.some((prefix) => name.startsWith(prefix) && !name.startsWith(own)))).toEqual(
      [],
    );
  }
});

test('the root key and the tokens of others are not for the gateway', () => {
  const values = Object.values(environments({}).gateway ?? {});
  expect(values).toContain(settings.secrets.gatewayToken);
  for (const file of [settings.secrets.rootKey, settings.secrets.serviceTokens, settings.adminKeyFile]) {
    expect(values).not.toContain(file);
  }
});

test('the token of the operator is for the vault alone', () => {
  const { vault, ...others } = environments({});
  expect(Object.values(vault ?? {})).toContain(settings.secrets.vaultTokens);
  for (const env of Object.values(others)) {
    for (const file of [settings.secrets.vaultTokens, settings.secrets.operatorToken]) {
      expect(Object.values(env)).not.toContain(file);
    }
  }
});

test('the operator may choose log level and trusted hosts, not what this command decides', () => {
  const { gateway, 'control-plane': controlPlane } = environments({
    LOG_LEVEL: 'debug',
    TRUSTED_CUSTOM_HOSTS: 'x',
    GATEWAY_PORT: '1',
    CONTROL_PLANE_OWNER_EMAIL: 'me@example.com',
  });
  expect(controlPlane).toMatchObject({
    CONTROL_PLANE_OWNER_EMAIL: 'me@example.com',
    CONTROL_PLANE_OWNER_PASSWORD_FILE: '/data/owner-password',
  });
  expect(gateway).toMatchObject({ LOG_LEVEL: 'debug', TRUSTED_CUSTOM_HOSTS: 'x', GATEWAY_PORT: '8787' });
});

test('the services meet on loopback, each at the address the others know', () => {
  const { gateway, vault, 'control-plane': controlPlane } = environments({});
  expect(vault).toMatchObject({ VAULT_HOST: '127.0.0.1', VAULT_PORT: '7443', VAULT_STORE: 'embedded' });
  expect(controlPlane).toMatchObject({ CONTROL_PLANE_VAULT_TARGET: '127.0.0.1:7443', CONTROL_PLANE_RPC_PORT: '7444' });
  expect(gateway).toMatchObject({
    GATEWAY_VAULT_TARGET: '127.0.0.1:7443',
    GATEWAY_CONTROL_PLANE_TARGET: '127.0.0.1:7444',
    GATEWAY_MANAGEMENT_URL: 'http://127.0.0.1:8788',
  });
});
