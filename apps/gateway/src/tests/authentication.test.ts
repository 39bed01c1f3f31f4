import type { RecordedRequest } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readClientHeaders } from '../http/client-headers.ts';
import { gatewayKey } from '../pipeline/authenticate.ts';
import { type Fleet, keyOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ oai: 'openai', anth: 'anthropic' });
  gateway = await startGateway({ virtualKeys: fleet.virtualKeys });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

/** A call with exactly these headers. */
const call = (headers: Readonly<Record<string, string>>, path = '/chat/completions'): Promise<Response> =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
  });

const inline = (rest: object = {}): string =>
  JSON.stringify({ provider: 'openai', custom_host: fleet.at('oai').url, ...rest });

const bearer = (request: RecordedRequest): string | undefined => request.headers.authorization;

describe('which value is the key of the gateway', () => {
  const config = () => ({ 'x-portkey-config': inline() });

  it('x-portkey-api-key and the same in Authorization: the latter is no provider credential', async () => {
    for (const authorization of [`Bearer ${gateway.key}`, gateway.key]) {
      fleet.reset();
      // The stand-in refuses a call without any credential: that it was asked without one is what counts.
      await call({ ...config(), 'x-portkey-api-key': gateway.key, authorization });
      expect(bearer(fleet.onlyRequest('oai'))).toBeUndefined();
    }
  });

  it('x-portkey-api-key and something else in Authorization: that may be a provider credential', async () => {
    const response = await call({ ...config(), 'x-portkey-api-key': gateway.key, authorization: 'Bearer sk-own' });
    expect(response.status).toBe(200);
    expect(bearer(fleet.onlyRequest('oai'))).toBe('Bearer sk-own');
  });

  it('x-portkey-api-key alone', async () => {
    const response = await call({ 'x-portkey-api-key': gateway.key, 'x-portkey-provider': '@oai' });
    expect(response.status).toBe(200);
    expect(bearer(fleet.onlyRequest('oai'))).toBe(`Bearer ${keyOf('oai')}`);
  });

  it('Authorization alone is the key, and never reaches a provider', async () => {
    for (const authorization of [`Bearer ${gateway.key}`, gateway.key]) {
      fleet.reset();
      await call({ ...config(), authorization });
      expect(bearer(fleet.onlyRequest('oai'))).toBeUndefined();
    }
  });

  it('x-api-key alone is the key on the messages path only', () => {
    const keyFor = (url: string) => gatewayKey({ url, headers: readClientHeaders({ 'x-api-key': 'k' }) });
    expect(keyFor('/v1/messages')).toEqual({ key: 'k', callerCredential: undefined });
    expect(keyFor('/v1/messages/count_tokens')).toEqual({ key: 'k', callerCredential: undefined });
    expect(keyFor('/v1/chat/completions').key).toBeUndefined();
  });

  it('Authorization means nothing more when it is the same or alone', () => {
    const meant = (headers: Record<string, string>) => gatewayKey({ url: '/', headers: readClientHeaders(headers) });
    expect(meant({ 'x-portkey-api-key': 'k', authorization: 'Bearer k' }).callerCredential).toBeUndefined();
    expect(meant({ authorization: 'Bearer k' })).toEqual({ key: 'k', callerCredential: undefined });
  });

  it('x-portkey-api-key goes before Authorization and x-api-key, also on the messages path', () => {
    const headers = readClientHeaders({ 'x-api-key': 'a', 'x-portkey-api-key': 'b', authorization: 'Bearer c' });
    expect(gatewayKey({ url: '/v1/messages', headers })).toEqual({ key: 'b', callerCredential: 'c' });
  });
});

describe('who is not let in', () => {
  it.each<[string, () => Record<string, string>]>([
    ['nobody at all', () => ({})],
    ['an unknown key', () => ({ 'x-portkey-api-key': 'unknown' })],
    ['an unknown key in Authorization', () => ({ authorization: 'Bearer unknown' })],
    ['an unknown key beside a known one', () => ({ 'x-portkey-api-key': 'x', authorization: `Bearer ${gateway.key}` })],
    ['a key with something more', () => ({ 'x-portkey-api-key': `${gateway.key}x` })],
    ['a part of a key', () => ({ 'x-portkey-api-key': gateway.key.slice(0, -1) })],
    ['an empty key', () => ({ 'x-portkey-api-key': '' })],
    ['a key in x-api-key outside the messages path', () => ({ 'x-api-key': gateway.key })],
  ])('%s', async (_who, headers) => {
    const response = await call({ 'x-portkey-provider': '@oai', ...headers() });
    expect(response.status).toBe(401);
    expect(response.headers.get('x-portkey-trace-id')).toBeTruthy();
    expect(response.headers.get('x-portkey-request-id')).toBeTruthy();
    expect(await response.json()).toEqual({
      status: 'failure',
      message: 'Portkey Error: Invalid API Key. Error Code: 03',
      error: {
        message: 'Portkey Error: Invalid API Key. Error Code: 03',
        type: 'invalid_api_key',
        param: null,
        code: '03',
      },
    });
    expect(fleet.calls()).toEqual({});
  });

  it.each([
    ['a body that is no JSON', 'application/json', '{bad'],
    ['a body that is no object', 'application/json', '[]'],
    ['a content type that is not taken', 'text/plain', 'x'],
  ])('%s is not looked at before the key', async (_what, contentType, body) => {
    const response = await fetch(`${gateway.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': contentType, 'x-portkey-api-key': 'unknown' },
      body,
    });
    expect(response.status).toBe(401);
  });

  it('a bad config is not looked at before the key', async () => {
    expect((await call({ 'x-portkey-config': '{bad' })).status).toBe(401);
  });
});

describe('which credential a provider gets', () => {
  const own = { authorization: 'Bearer sk-callers-own' };
  const withKey = (headers: Record<string, string>) => call({ 'x-portkey-api-key': gateway.key, ...headers });

  it('that of the virtual key, whatever the caller sends', async () => {
    await withKey({ ...own, 'x-portkey-config': JSON.stringify({ virtual_key: 'oai' }) });
    expect(bearer(fleet.onlyRequest('oai'))).toBe(`Bearer ${keyOf('oai')}`);
  });

  it('that of the virtual key before one in the config', async () => {
    await withKey({ 'x-portkey-config': JSON.stringify({ provider: '@oai', api_key: 'sk-config' }) });
    expect(bearer(fleet.onlyRequest('oai'))).toBe(`Bearer ${keyOf('oai')}`);
  });

  it('that of the config before the one of the caller', async () => {
    await withKey({ ...own, 'x-portkey-config': inline({ api_key: 'sk-config' }) });
    expect(bearer(fleet.onlyRequest('oai'))).toBe('Bearer sk-config');
  });

  it("the caller's own without a config, with a config that names nobody, and with one single provider", async () => {
    const host = { 'x-portkey-custom-host': fleet.at('oai').url };
    const ways: readonly Record<string, string>[] = [
      { ...host, 'x-portkey-provider': 'openai' },
      { ...host, 'x-portkey-provider': 'openai', 'x-portkey-config': '{"retry":{"attempts":1}}' },
      { 'x-portkey-config': inline() },
    ];
    for (const headers of ways) {
      fleet.reset();
      expect((await withKey({ ...own, ...headers })).status).toBe(200);
      expect(bearer(fleet.onlyRequest('oai'))).toBe('Bearer sk-callers-own');
    }
  });

  it.each(['fallback', 'loadbalance', 'single'])("never the caller's own in a %s group", async (mode) => {
    const target = { provider: 'openai', custom_host: fleet.at('oai').url };
    const config = JSON.stringify({ strategy: { mode }, targets: [target, target] });
    await withKey({ ...own, 'x-portkey-config': config });
    expect(fleet.at('oai').requests.length).toBeGreaterThan(0);
    for (const request of fleet.at('oai').requests) expect(bearer(request)).toBeUndefined();
  });

  it.each(['OPENAI_API_KEY', 'DUMMY-KEY', 'dummy', 'undefined', 'null'])(
    'the placeholder %s is none, and no auth header is sent',
    async (placeholder) => {
      await withKey({ authorization: `Bearer ${placeholder}`, 'x-portkey-config': inline() });
      const { headers } = fleet.onlyRequest('oai');
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('api-key');
    },
  );

  it("in the provider's own scheme", async () => {
    const anthropic = { provider: 'anthropic', custom_host: fleet.at('anth').url };
    await withKey({
      ...own,
      'x-portkey-config': JSON.stringify({ ...anthropic, override_params: { model: 'claude-haiku-4-5' } }),
    });
    const { headers } = fleet.onlyRequest('anth');
    expect(headers['x-api-key']).toBe('sk-callers-own');
    expect(headers).not.toHaveProperty('authorization');
  });

  it('x-api-key of the request for Anthropic only, and only when there is no Authorization', async () => {
    const at = (provider: 'anthropic' | 'openai', slug: string) => ({
      'x-portkey-config': JSON.stringify({ provider, custom_host: fleet.at(slug).url }),
      'x-api-key': 'sk-ant-own',
    });
    await withKey(at('anthropic', 'anth'));
    expect(fleet.onlyRequest('anth').headers['x-api-key']).toBe('sk-ant-own');
    await withKey(at('openai', 'oai'));
    expect(JSON.stringify(fleet.onlyRequest('oai').headers)).not.toContain('sk-ant-own');
    fleet.reset();
    await withKey({ ...at('anthropic', 'anth'), ...own });
    expect(fleet.onlyRequest('anth').headers['x-api-key']).toBe('sk-callers-own');
  });
});

describe('the key of the gateway never reaches a provider', () => {
  const forwarding = (...names: string[]) => ({
    'x-portkey-config': inline({ api_key: 'sk-config' }),
    'x-portkey-forward-headers': names.join(','),
  });
  const seen = (): string => JSON.stringify(fleet.at('oai').requests);

  it('not as a header of ours', async () => {
    await call({ 'x-portkey-api-key': gateway.key, ...forwarding('x-team'), 'x-team': 'blue' });
    expect(fleet.onlyRequest('oai').headers['x-team']).toBe('blue');
    expect(seen()).not.toContain(gateway.key);
  });

  it('not when the caller lists the header that holds it', async () => {
    const response = await call({ authorization: `Bearer ${gateway.key}`, ...forwarding('authorization', 'x-team') });
    expect(response.status).toBe(200);
    await call({
      authorization: `Bearer ${gateway.key}`,
      'x-portkey-api-key': gateway.key,
      ...forwarding('Authorization'),
    });
    expect(fleet.at('oai').requests).toHaveLength(2);
    expect(seen()).not.toContain(gateway.key);
    expect((await call({ 'x-portkey-api-key': gateway.key, ...forwarding('x-portkey-api-key') })).status).toBe(400);
  });

  it('not when it stands in a further header that is listed', async () => {
    await call({ 'x-portkey-api-key': gateway.key, 'x-api-key': gateway.key, ...forwarding('x-api-key') });
    await call({ 'x-portkey-api-key': gateway.key, 'api-key': `Bearer ${gateway.key}`, ...forwarding('api-key') });
    expect(seen()).not.toContain(gateway.key);
  });

  it('not to Anthropic, whose credential header may hold it too', async () => {
    const config = {
      provider: 'anthropic',
      custom_host: fleet.at('anth').url,
      override_params: { model: 'claude-haiku-4-5' },
    };
    await call({
      'x-portkey-api-key': gateway.key,
      'x-api-key': gateway.key,
      'x-portkey-config': JSON.stringify(config),
    });
    expect(fleet.at('anth').requests).toHaveLength(1);
    expect(JSON.stringify(fleet.at('anth').requests)).not.toContain(gateway.key);
  });
});
