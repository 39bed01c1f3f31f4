import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type StandIn, startStandIn, until } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../set-up/json.ts';
import { keepVirtualKey, manage, saveConfig } from '../set-up/manage.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { servicesOf } from '../set-up/processes.ts';
import { rawChat } from '../set-up/raw.ts';
import { freePort, runService } from '../set-up/run-service.ts';

const SEALED_WITHIN_MS = 20_000;

let platform: Platform;
let standIn: StandIn;
beforeAll(async () => {
  [platform, standIn] = await Promise.all([startPlatform(), startStandIn('openai')]);
});
afterAll(async () => {
  await Promise.all([platform?.stop(), standIn?.close()]);
});

/** Waits until the gateway has written down what it knows, after this moment. */
const untilSealed = async (): Promise<void> => {
  const now = Date.now();
  const file = join(platform.dataDir, 'snapshot', 'snapshot.sealed');
  await until(async () => ((await stat(file).catch(() => undefined))?.mtimeMs ?? 0) > now || undefined, {
    timeoutMs: SEALED_WITHIN_MS,
    what: 'a sealed snapshot',
  });
};

describe('a gateway whose control plane and vault are gone', () => {
  it('starts from its sealed snapshot and serves known keys, configs and virtual keys', async () => {
    const fields = { provider: 'openai', key: 'sk-kept', custom_host: standIn.url };
    await keepVirtualKey(platform, 'kept', fields);
    const config = await saveConfig(platform, 'Kept', { virtual_key: 'kept', override_params: { model: 'gpt-4o' } });
    await until(async () => (await rawChat(platform, config)).status === 200 || undefined, {
      timeoutMs: SEALED_WITHIN_MS,
      what: 'a call with the new config',
    });
    await untilSealed();
    // What was being written at the moment of the call may have been without it.
    await saveConfig(platform, 'One more', { provider: 'rehearsal' });
    await untilSealed();

    const services = Object.values(await servicesOf(platform.pid));
    await platform.kill();
    for (const pid of services) process.kill(pid, 'SIGKILL');
    const [port, nobody] = [await freePort(), await freePort()];
    const data = (...path: string[]) => join(platform.dataDir, ...path);
    const gateway = await runService('gateway', {
      GATEWAY_SOURCE: 'platform',
      GATEWAY_PORT: String(port),
      GATEWAY_HEALTH_PORT: 'off',
      GATEWAY_CONTROL_PLANE_TARGET: `127.0.0.1:${nobody}`,
      GATEWAY_VAULT_TARGET: `127.0.0.1:${nobody}`,
      GATEWAY_MANAGEMENT_URL: `http://127.0.0.1:${nobody}`,
      GATEWAY_LOOPBACK_TOKEN_FILE: data('keys', 'gateway-token'),
      GATEWAY_SNAPSHOT_DIR: data('snapshot'),
      GATEWAY_SNAPSHOT_KEY_FILE: data('keys', 'snapshot-key'),
      GATEWAY_DRAIN_DELAY_MS: '0',
      TRUSTED_CUSTOM_HOSTS: '127.0.0.1',
    });
    try {
      const alone = { ...platform, apiUrl: `http://127.0.0.1:${port}/v1` };
      const { status, body } = await rawChat(alone, config);
      expect([status, at(body, 'choices', 0, 'message', 'content')]).toEqual([
        200,
        'You said: How deep is the harbour?',
      ]);
      expect(standIn.requests.at(-1)?.headers.authorization).toBe('Bearer sk-kept');
      expect((await rawChat({ ...alone, apiKey: 'pk-nobody-issued-this' }, config)).status).toBe(401);
      expect((await manage(alone, 'GET', '/configs')).status).toBe(503);
    } finally {
      await gateway.stop();
    }
  });

  it('and a platform that comes back over the same data has lost nothing', async () => {
    platform = await platform.again();
    const { body } = await manage(platform, 'GET', '/configs');
    const names = at(body, 'data');
    expect(names).toContainEqual(expect.objectContaining({ name: 'Kept' }));
    expect(names).toContainEqual(expect.objectContaining({ name: 'One more' }));
    expect((await rawChat(platform, undefined, { 'x-portkey-virtual-key': 'kept' })).status).toBe(200);
  });
});
