import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MANAGEMENT_METHODS, MANAGEMENT_PATHS } from '../http/routes/management.ts';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { config, virtualKey } from '../testing/platform-entities.ts';
import { rawClient } from '../testing/raw-client.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';
import { type PlatformUnderTest, startPlatform } from '../testing/start-platform.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let fleet: Fleet;
let platform: PlatformUnderTest;
let byItself: GatewayUnderTest;
let server: Server;
let seen: Seen[] = [];
/** What the management API does with the next requests. */
let answer: (response: import('node:http').ServerResponse, request: Seen) => void;

const ok: typeof answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body });
      answer(response, { method, url, headers, body });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  fleet = await startFleet({ oai: 'openai' });
  platform = await startPlatform([virtualKey('oai')], {
    env: { GATEWAY_MANAGEMENT_URL: `http://127.0.0.1:${port}/`, GATEWAY_CORS_ORIGINS: 'https://console.example' },
  });
  byItself = await startGateway({ virtualKeys: fleet.virtualKeys });
});
afterAll(async () => {
  await platform.close();
  await byItself.close();
  await fleet.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  fleet.reset();
  seen = [];
  answer = ok;
});

const origin = (gateway: GatewayUnderTest): string => new URL(gateway.url).origin;

/** All that could lead a call to a provider. */
const tempting = () => ({
  'content-type': 'application/json',
  'x-portkey-api-key': byItself.key,
  'x-portkey-config': JSON.stringify({ provider: 'openai', api_key: 'K', custom_host: fleet.at('oai').url }),
});

describe.each(MANAGEMENT_METHODS)('%s of a management path', (method) => {
  it.each([...MANAGEMENT_PATHS])('/%s reaches the control plane and no provider', async (path) => {
    const paths = [
      `/v1/${path}`,
      `/v1/${path}/`,
      `/v1/${path}/some-id`,
      `/v1/${path}/some-id/below?x=1`,
      `/v2/${path}/some-id`,
      `/v1/v1/${path}`,
    ];
    for (const each of paths) {
      const body = method === 'GET' || method === 'HEAD' ? {} : { body: '{"a":1}' };
      const response = await fetch(origin(platform.gateway) + each, { method, headers: tempting(), ...body });
      expect([each, response.status]).toEqual([each, 200]);
      const alone = await fetch(origin(byItself) + each, { method, headers: tempting(), ...body });
      expect([each, alone.status]).toEqual([each, 501]);
    }
    expect(seen.map(({ url }) => url)).toEqual(paths.map((each) => each.replace('/v1/v1', '/v1')));
    expect(fleet.calls()).toEqual({});
  });

  it('spelled in any other way, it reaches no provider either', async () => {
    const lines = Object.entries({ ...tempting(), 'x-portkey-api-key': platform.key, connection: 'close' });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    for (const path of [
      '/v1/%63onfigs',
      '/v1//configs',
      '/v1/Configs',
      '/v1/./configs',
      '/v1/x/../configs',
      '//v1/configs',
    ]) {
      const client = await rawClient(platform.gateway.url);
      client.write(`${method} ${path} HTTP/1.1\r\nhost: g\r\n${head}\r\n`);
      await client.closed();
    }
    expect(fleet.calls()).toEqual({});
  });
});

it('what belongs to the message is passed on, what belongs to the connection is not', async () => {
  await fetch(`${origin(platform.gateway)}/v1/configs?page=2&x=%2F`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: 'session=1; other=2',
      authorization: 'Bearer k',
      'x-forwarded-for': '203.0.113.7',
      te: 'trailers',
      'x-custom': 'v',
    },
    body: '{"name":"é"}',
  });
  expect(seen).toHaveLength(1);
  const [{ url, body, headers } = { url: '', body: '', headers: {} as IncomingHttpHeaders }] = seen;
  expect(url).toBe('/v1/configs?page=2&x=%2F');
  expect(body).toBe('{"name":"é"}');
  expect(headers).toMatchObject({
    cookie: 'session=1; other=2',
    authorization: 'Bearer k',
    'x-custom': 'v',
    'x-forwarded-for': '203.0.113.7, 127.0.0.1',
    'x-forwarded-host': new URL(platform.gateway.url).host,
  });
  expect(headers.te).toBeUndefined();
});

it('a request for another host, as proxies get them, goes to the control plane without that host', async () => {
  for (const target of [
    'http://evil.example/v1/configs?x=1',
    'HTTPS://evil.example:99/v1/v1/configs',
    'http://[::1]/v1/configs',
  ]) {
    const client = await rawClient(platform.gateway.url);
    client.write(`GET ${target} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n`);
    await client.closed();
  }
  expect(seen.map(({ url }) => url)).toEqual(['/v1/configs?x=1', '/v1/configs', '/v1/configs']);
});

it('an answer comes back as it is: status, several cookies, body', async () => {
  answer = (response) =>
    response
      .writeHead(
        207,
        [
          ['content-type', 'text/csv'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-portkey-trace-id', 'theirs'],
        ].flat(),
      )
      .end('a,b\n');
  const response = await fetch(`${origin(platform.gateway)}/v1/logs/exports/1/download`);
  expect(response.status).toBe(207);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-portkey-trace-id')).toBe('theirs');
  expect(await response.text()).toBe('a,b\n');
});

it('a DELETE that claims JSON and brings nothing is passed on', async () => {
  const response = await fetch(`${origin(platform.gateway)}/v1/configs/pc-1`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
});

it('who has written reads it through the same gateway', async () => {
  for (let version = 1; version <= 20; version += 1) {
    const target = { provider: 'openai', api_key: `v${version}`, custom_host: fleet.at('oai').url };
    answer = (response) => {
      const revision = platform.controlPlane.commitUnseen(config('pc-mine', version, target));
      setTimeout(() => platform.controlPlane.tellNow(), 5);
      response.writeHead(200, { 'x-portolan-revision': String(revision) }).end('{}');
    };
    const written = await fetch(`${origin(platform.gateway)}/v1/configs/pc-mine`, { method: 'PUT', body: '{}' });
    expect(written.headers.get('x-portolan-revision')).toBeNull();
    await platform.gateway.post(
      '/chat/completions',
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
      { headers: { 'x-portkey-config': 'pc-mine' } },
    );
    expect(fleet.at('oai').requests.at(-1)?.headers.authorization).toBe(`Bearer v${version}`);
  }
});

it('a control plane that is gone is a 503 that says so, and calls of models go on', async () => {
  const gateway = await platform.another({ env: { GATEWAY_MANAGEMENT_URL: 'http://127.0.0.1:9' } });
  const response = await fetch(`${origin(gateway)}/v1/configs`);
  expect(response.status).toBe(503);
  expect(((await response.json()) as { error: object }).error).toMatchObject({
    type: 'control_plane_unavailable',
    code: 'control_plane_unavailable',
  });
  expect(response.headers.get('x-portkey-trace-id')).not.toBeNull();
});

it('an answer that breaks off breaks off here too', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 10);
  };
  const response = await fetch(`${origin(platform.gateway)}/v1/configs`);
  await expect(response.text()).rejects.toThrow();
});

describe('prices are public', () => {
  it.each(['/v1', ''])('below "%s"', async (prefix) => {
    const response = await fetch(`${origin(byItself)}${prefix}/model-configs/pricing/openai/gpt-4o`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-portkey-trace-id')).not.toBeNull();
    expect(await response.json()).toMatchObject({
      pay_as_you_go: { request_token: { price: 0.00025 }, response_token: { price: 0.001 } },
      currency: 'USD',
    });
  });

  it('a model that nobody lists has no price, which is not a price of 0', async () => {
    const response = await fetch(`${origin(byItself)}/v1/model-configs/pricing/openai/none-such`);
    expect(response.status).toBe(404);
  });
});
