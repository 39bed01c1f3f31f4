import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type StandIn, startStandIn, type TempDir, tempDir, until } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepVirtualKey, manage } from '../set-up/manage.ts';
import { rawChat } from '../set-up/raw.ts';
import { freePort, type RunningService, runService } from '../set-up/run-service.ts';
import { inWorkspace } from '../set-up/workspace.ts';

const execute = promisify(execFile);
const KNOWS_KEYS_WITHIN_MS = 60_000;

const hasOpenssl = await execute('openssl', ['version']).then(
  () => true,
  () => false,
);
const problem = hasOpenssl ? '' : 'SKIPPED, NO OPENSSL ON PATH: ';

describe.skipIf(problem !== '')(`${problem}services in containers, with the certificates of the script`, () => {
  const API_KEY = 'a-key-of-the-settings-0001';
  let data: TempDir;
  let standIn: StandIn;
  let gateway: { readonly apiUrl: string; readonly apiKey: string };
  const running: RunningService[] = [];

  beforeAll(async () => {
    [data, standIn] = await Promise.all([tempDir(), startStandIn('openai')]);
    const secret = (...path: string[]) => join(data.path, 'secrets', ...path);
    await execute('sh', [inWorkspace('tools/container/make-secrets.sh'), secret()]);
    await writeFile(secret('api-key'), API_KEY);
    const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const [vault, rpc, http, door] = ports.map(String);
    const start = async (app: string, env: Readonly<Record<string, string | undefined>>) => {
      const given = Object.entries(env).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      );
      running.push(await runService(app, { TRUSTED_CUSTOM_HOSTS: '127.0.0.1', ...Object.fromEntries(given) }));
    };
    await Promise.all([
      start('vault', {
        VAULT_PORT: vault,
        VAULT_HEALTH_PORT: 'off',
        VAULT_STORE: 'embedded',
        VAULT_DATA_DIR: join(data.path, 'vault'),
        VAULT_ROOT_KEY_FILE: secret('root-key.json'),
        VAULT_TLS_DIR: secret('tls', 'vault'),
        VAULT_DRAIN_DELAY_MS: '0',
      }),
      start('control-plane', {
        CONTROL_PLANE_PORT: http,
        CONTROL_PLANE_RPC_PORT: rpc,
        CONTROL_PLANE_HEALTH_PORT: 'off',
        CONTROL_PLANE_DATA_DIR: join(data.path, 'control-plane'),
        CONTROL_PLANE_VAULT_TARGET: `dns:///127.0.0.1:${vault}`,
        CONTROL_PLANE_TLS_DIR: secret('tls', 'control-plane'),
        CONTROL_PLANE_GATEWAY_NAMES: 'DNS:gateway',
        CONTROL_PLANE_VAULT_NAMES: 'DNS:vault',
        CONTROL_PLANE_WORKSPACE_KEY_FILE: secret('api-key'),
        CONTROL_PLANE_DRAIN_DELAY_MS: '0',
      }),
    ]);
    await start('gateway', {
      GATEWAY_SOURCE: 'platform',
      GATEWAY_PORT: door,
      GATEWAY_HEALTH_PORT: 'off',
      GATEWAY_VAULT_TARGET: `dns:///127.0.0.1:${vault}`,
      GATEWAY_CONTROL_PLANE_TARGET: `dns:///127.0.0.1:${rpc}`,
      GATEWAY_MANAGEMENT_URL: `http://127.0.0.1:${http}`,
      GATEWAY_TLS_DIR: secret('tls', 'gateway'),
      GATEWAY_DRAIN_DELAY_MS: '0',
    });
    gateway = { apiUrl: `http://127.0.0.1:${door}/v1`, apiKey: API_KEY };
  });
  afterAll(async () => {
    for (const service of running.toReversed()) await service.stop();
    await standIn?.close();
    await data?.remove();
  });

  it('serve a virtual key that was made over the same address', async () => {
    await until(async () => (await manage(gateway, 'GET', '/health')).status === 200 || undefined, {
      timeoutMs: KNOWS_KEYS_WITHIN_MS,
      what: 'a gateway that knows keys',
    });
    await keepVirtualKey(gateway, 'over-tls', { provider: 'openai', key: 'sk-over-tls', custom_host: standIn.url });
    // A control plane that has just made its database may take seconds to tell of the first change: 503 until then.
    const call = () => rawChat(gateway, undefined, { 'x-portkey-virtual-key': 'over-tls' });
    await until(async () => (await call()).status === 200 || undefined, {
      timeoutMs: KNOWS_KEYS_WITHIN_MS,
      what: 'a call with the new virtual key',
    });
    expect(standIn.requests.at(-1)?.headers.authorization).toBe('Bearer sk-over-tls');
  });
});
