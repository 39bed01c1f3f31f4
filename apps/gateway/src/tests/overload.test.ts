import { until, withTimeout } from '@portolan/testing';
import { afterEach, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { type RawClient, rawClient } from '../testing/raw-client.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const start = async (env: Record<string, string> = {}): Promise<{ fleet: Fleet; gateway: GatewayUnderTest }> => {
  const fleet = await startFleet({ one: 'openai' });
  open.push(fleet);
  const gateway = await startGateway({ virtualKeys: fleet.virtualKeys, env });
  open.push(gateway);
  return { fleet, gateway };
};

const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
const ask = (gateway: GatewayUnderTest, rest: object = {}) =>
  gateway.post('/chat/completions', { ...body, ...rest }, { config: { virtual_key: 'one' } });

const gate = (): { readonly held: Promise<void>; release(): void } => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { held, release };
};

const health = (gateway: GatewayUnderTest) => fetch(`${gateway.url}/health`);

const client = async (gateway: GatewayUnderTest): Promise<RawClient> => {
  const raw = await rawClient(gateway.url);
  open.push(raw);
  return raw;
};

const headOf = (gateway: GatewayUnderTest, text: string): string =>
  [
    'POST /v1/chat/completions HTTP/1.1',
    'host: gateway',
    `x-portkey-api-key: ${gateway.key}`,
    'x-portkey-provider: @one',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    '',
  ].join('\r\n');

it('health is told without a key', async () => {
  const { gateway } = await start();
  const response = await health(gateway);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: 'success',
    message: 'Server is healthy',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
  expect(gateway.gateway.ready()).toBe(true);
});

it('more calls than it may serve at once get a 503 that says when to come again', async () => {
  const { fleet, gateway } = await start({ GATEWAY_MAX_IN_FLIGHT: '1' });
  const { held, release } = gate();
  fleet.at('one').script({ hold: held });
  const first = ask(gateway);
  await until(() => fleet.at('one').requests.length === 1);
  const second = await ask(gateway);
  expect(second.status).toBe(503);
  expect(second.headers.get('retry-after')).toBe('1');
  expect(second.headers.get('retry-after-ms')).toBe('1000');
  expect(second.headers.get('x-portkey-trace-id')).toBeTruthy();
  expect(await second.json()).toMatchObject({ error: { type: 'overloaded', code: 'gateway_overloaded' } });
  release();
  expect((await first).status).toBe(200);
  expect((await ask(gateway)).status).toBe(200);
});

it('when it is to stop, readiness goes down first while calls are still served', async () => {
  const { gateway } = await start();
  gateway.gateway.announceShutdown();
  expect(gateway.gateway.ready()).toBe(false);
  expect((await health(gateway)).status).toBe(503);
  const response = await ask(gateway);
  expect(response.status).toBe(200);
  expect(response.headers.get('connection')).toBe('close');
});

it('a call under way is finished and recorded before drain resolves, and no new connection is taken', async () => {
  const { fleet, gateway } = await start();
  const { held, release } = gate();
  fleet.at('one').script({ hold: held });
  const call = ask(gateway);
  await until(() => fleet.at('one').requests.length === 1);
  gateway.gateway.announceShutdown();
  let drained = false;
  const drain = gateway.gateway.drain().then(() => {
    drained = true;
  });
  await until(() =>
    ask(gateway).then(
      () => false,
      () => true,
    ),
  );
  expect(drained).toBe(false);
  release();
  const response = await call;
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  await withTimeout(drain, 4_000, 'drain');
  expect(await gateway.logRecords(1)).toHaveLength(1);
});

it('a stream under way comes to its end while the gateway drains', async () => {
  const { fleet, gateway } = await start();
  fleet.at('one').script({ text: 'one two three four five', paceMs: 5 });
  const response = await ask(gateway, { stream: true });
  gateway.gateway.announceShutdown();
  const drain = gateway.gateway.drain();
  expect(await response.text()).toContain('data: [DONE]');
  await withTimeout(drain, 4_000, 'drain');
});

it('a request whose headers were still coming when the drain began is told in the usual form', async () => {
  const { fleet, gateway } = await start();
  const { held, release } = gate();
  fleet.at('one').script({ hold: held });
  const first = ask(gateway);
  await until(() => fleet.at('one').requests.length === 1);
  const late = await client(gateway);
  const text = JSON.stringify(body);
  const head = headOf(gateway, text);
  late.write(head.slice(0, 40));
  // The server has taken the connection once it has answered another request on a later one.
  await health(gateway);
  gateway.gateway.announceShutdown();
  const drain = gateway.gateway.drain();
  late.write(head.slice(40) + text);
  const reply = await late.reply();
  expect([200, 503]).toContain(reply.status);
  expect(reply.headers).toMatchObject({ connection: 'close', 'x-portkey-trace-id': expect.stringMatching(/.+/) });
  if (reply.status === 503) {
    expect(JSON.parse(reply.text)).toMatchObject({
      status: 'failure',
      error: { type: 'shutting_down', code: 'shutting_down', message: expect.any(String), param: null },
    });
  }
  release();
  expect((await first).status).toBe(200);
  await withTimeout(drain, 4_000, 'drain');
});
