import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
/** Takes saved configs only. */
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai' });
  gateway = await startGateway({
    virtualKeys: fleet.virtualKeys,
    configs: { 'pc-known': { virtual_key: 'one', forward_headers: ['x-team'] } },
    env: { GATEWAY_INLINE_CONFIGS: 'deny' },
  });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const ask = (headers: Record<string, string>) =>
  gateway.post(
    '/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
    { headers },
  );

const saved = { 'x-portkey-config': 'pc-known' };

it('a saved config is used, with all that it says', async () => {
  expect((await ask({ ...saved, 'x-team': 'blue' })).status).toBe(200);
  expect(fleet.onlyRequest('one').headers['x-team']).toBe('blue');
});

it('a slug of a virtual key is a saved thing too', async () => {
  expect((await ask({ 'x-portkey-provider': '@one' })).status).toBe(200);
  expect((await ask({ 'x-portkey-virtual-key': 'one' })).status).toBe(200);
});

it.each<[code: string, field: string, headers: Record<string, string>]>([
  ['inline_config_blocked', 'x-portkey-config', { 'x-portkey-config': '{"virtual_key":"one"}' }],
  ['inline_provider_blocked', 'x-portkey-provider', { 'x-portkey-provider': 'openai', authorization: 'Bearer sk-own' }],
  [
    'inline_custom_host_blocked',
    'x-portkey-custom-host',
    { ...saved, 'x-portkey-custom-host': 'http://127.0.0.1:9/v1' },
  ],
  ['inline_forward_headers_blocked', 'x-portkey-forward-headers', { ...saved, 'x-portkey-forward-headers': 'x-a' }],
])('%s: %s is refused', async (code, field, headers) => {
  const response = await ask(headers);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    status: 'failure',
    error: { type: 'invalid_request_error', code, field, message: expect.stringMatching(/.+/) },
  });
  expect(fleet.calls()).toEqual({});
});

it('nor may the deprecated mode name a provider', async () => {
  const response = await ask({ 'x-portkey-mode': 'proxy ollama' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'inline_provider_blocked' } });
});

it('of several violations the first is named', async () => {
  const response = await ask({
    'x-portkey-config': '{"virtual_key":"one"}',
    'x-portkey-custom-host': 'http://127.0.0.1:9/v1',
    'x-portkey-forward-headers': 'x-a',
  });
  expect(await response.json()).toMatchObject({ error: { code: 'inline_config_blocked' } });
});
