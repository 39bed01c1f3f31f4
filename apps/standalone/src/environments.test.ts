import { expect, test } from 'vitest';
import { gatewayEnvironment } from './gateway-env.ts';

const settings = {
  host: '127.0.0.1',
  port: 8787,
  apiKeysFile: '/data/api-key',
  rehearsalUrl: 'http://127.0.0.1:1/v1',
  paths: { configs: '/data/configs', logs: '/data/logs', virtualKeys: '/data/virtual-keys.json' },
  withVirtualKeys: false,
  drainGraceMs: 30_000,
};

test('the key given to this command does not show in the environment of the gateway', () => {
  const env = gatewayEnvironment({ PORTOLAN_API_KEY: 'secret', PATH: '/bin' }, settings);
  expect(env).not.toHaveProperty('PORTOLAN_API_KEY');
  expect(Object.values(env)).not.toContain('secret');
  expect(env.PATH).toBe('/bin');
});

test('the operator may choose log level and trusted hosts, not what this command decides', () => {
  const env = gatewayEnvironment({ LOG_LEVEL: 'debug', TRUSTED_CUSTOM_HOSTS: 'x', GATEWAY_PORT: '1' }, settings);
  expect(env).toMatchObject({ LOG_LEVEL: 'debug', TRUSTED_CUSTOM_HOSTS: 'x', GATEWAY_PORT: '8787' });
});

test('virtual keys are named only when their file is there', () => {
  expect(gatewayEnvironment({}, settings)).not.toHaveProperty('GATEWAY_VIRTUAL_KEYS_FILE');
  const env = gatewayEnvironment({}, { ...settings, withVirtualKeys: true });
  expect(env.GATEWAY_VIRTUAL_KEYS_FILE).toBe('/data/virtual-keys.json');
});
