import { createConnection, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LogRecord } from '../log-record.ts';
import { readEvents, textOf } from '../testing/event-stream.ts';
import { fixtureStream } from '../testing/fixture-streams.ts';
import {
  chat,
  MODELS,
  type Running,
  STAND_INS,
  startProviders,
  stopProviders,
  targetAt,
} from '../testing/providers.ts';
import { LAST_CHUNK, type RawUpstream, rawChunk, rawHead, startRawUpstream } from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let providers: Running;
let gateway: GatewayUnderTest;
let impatient: GatewayUnderTest;
let silent: RawUpstream;
const senders: RawUpstream[] = [];

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway();
  impatient = await startGateway({
    env: { GATEWAY_UPSTREAM_TIMEOUT_MS: '60' },
  });
  silent = await startRawUpstream(() => undefined);
});
afterAll(async () => {
  await gateway.close();
  await impatient.close();
  await silent.close();
  await stopProviders(providers);
});
beforeEach(() => {
  for (const name of STAND_INS) providers[name].reset();
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
});

const upstream = async (...answer: Parameters<typeof startRawUpstream>): Promise<RawUpstream> => {
  const sender = await startRawUpstream(...answer);
  senders.push(sender);
  return sender;
};

const post = (config: object, body: object = {}, headers: Record<string, string> = {}, at = gateway) =>
  at.post('/chat/completions', chat(MODELS.openai, 'Hello', body), { config, headers });

const never = (rest: object = {}) => targetAt('openai', silent.url, rest);
const healthy = (rest: object = {}) => targetAt('openai', providers.openai.url, rest);
const fallback = (targets: readonly object[], rest: object = {}) => ({
  strategy: { mode: 'fallback' },
  targets,
  ...rest,
});

const timeoutBody = (ms: number) => ({
  error: {
    message: `Request exceeded the timeout sent in the request: ${ms}ms`,
    type: 'timeout_error',
    param: null,
    code: null,
  },
});

const failures = (records: readonly LogRecord[]) =>
  records.map(({ lastUsedOptionIndex, responseBody }) => [lastUsedOptionIndex, JSON.parse(responseBody ?? 'null')]);

it('a request timeout is a 408 with exactly the body of the contract, and lets the provider go', async () => {
  const before = silent.requests.length;
  const response = await post(never({ request_timeout: 40 }));
  expect(response.status).toBe(408);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.text()).toBe(JSON.stringify(timeoutBody(40)));
  expect(silent.requests).toHaveLength(before + 1);
  await until(() => silent.openSockets() === 0, { timeoutMs: 2_000, what: 'the provider being let go' });
});

const nested = {
  strategy: { mode: 'fallback' },
  request_timeout: 30,
  targets: [
    {
      strategy: { mode: 'fallback' },
      request_timeout: 50,
      get targets() {
        return [never(), never({ request_timeout: 70 })];
      },
    },
    {
      get provider() {
        return 'openai';
      },
      get custom_host() {
        return silent.url;
      },
      api_key: 'K',
    },
  ],
};

it('each target has the timeout of its nearest ancestor', async () => {
  const response = await post(nested, {}, { 'x-portkey-trace-id': 'nested' });
  expect(await response.json()).toEqual(timeoutBody(30));
  const records = await gateway.logRecords(3, ({ traceId }) => traceId === 'nested');
  expect(failures(records)).toEqual([
    ['config.targets[0].targets[0]', timeoutBody(50)],
    ['config.targets[0].targets[1]', timeoutBody(70)],
    ['config.targets[1]', timeoutBody(30)],
  ]);
});

it('the header wins for every target', async () => {
  const headers = { 'x-portkey-trace-id': 'header-wins', 'x-portkey-request-timeout': '20' };
  expect(await (await post(nested, {}, headers)).json()).toEqual(timeoutBody(20));
  const records = await gateway.logRecords(3, ({ traceId }) => traceId === 'header-wins');
  expect(failures(records).map(([, body]) => body)).toEqual([timeoutBody(20), timeoutBody(20), timeoutBody(20)]);
});

it('a timeout falls back by default, and is retried only when 408 is listed', async () => {
  const before = silent.requests.length;
  const moved = await post(fallback([never({ request_timeout: 30, retry: { attempts: 2 } }), healthy()]));
  expect(moved.status).toBe(200);
  expect(moved.headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
  expect(silent.requests).toHaveLength(before + 1);

  const retried = await post(never({ request_timeout: 30, retry: { attempts: 2, on_status_codes: [408] } }));
  expect(retried.status).toBe(408);
  expect(retried.headers.get('x-portkey-retry-attempt-count')).toBe('-1');
  expect(retried.headers.get('x-should-retry')).toBe('false');
  expect(silent.requests).toHaveLength(before + 4);
});

it('a stream is held to its request timeout until its first event, and never again after it', async () => {
  const events = await fixtureStream('openai', providers);
  const late = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
  });
  const cut = await post(targetAt('openai', late.url, { request_timeout: 40 }), { stream: true });
  expect(cut.status).toBe(408);
  expect(await cut.json()).toEqual(timeoutBody(40));

  const slow = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    socket.write(rawChunk(Buffer.from(events[0] ?? '')));
    setTimeout(() => {
      socket.write(rawChunk(Buffer.from(events.slice(1).join(''))));
      socket.write(LAST_CHUNK);
    }, 350);
  });
  const stream = await readEvents(await post(targetAt('openai', slow.url, { request_timeout: 250 }), { stream: true }));
  expect(stream.isDone).toBe(true);
  expect(textOf(stream.chunks)).toBe('alpha beta gamma.');
});

it('the body of a plain answer is not bound by the request timeout', async () => {
  const body = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [answer] });
  const slow = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) }));
    socket.write(body.slice(0, 10));
    setTimeout(() => void socket.write(body.slice(10)), 350);
  });
  const response = await post(targetAt('openai', slow.url, { request_timeout: 250 }));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ choices: [answer] });
});

it('the first token timeout is one of streams: a plain answer may take longer', async () => {
  providers.openai.script({ text: 'slow', delayMs: 80 });
  const response = await post(healthy({ first_token_timeout: 20 }));
  expect(response.status).toBe(200);
});

it('a first token in time is the end of the first token timeout', async () => {
  const events = await fixtureStream('openai', providers);
  const slow = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    socket.write(rawChunk(Buffer.from(events.slice(0, 2).join(''))));
    setTimeout(() => {
      socket.write(rawChunk(Buffer.from(events.slice(2).join(''))));
      socket.write(LAST_CHUNK);
    }, 350);
  });
  const response = await post(targetAt('openai', slow.url, { first_token_timeout: 250 }), { stream: true });
  expect((await readEvents(response)).isDone).toBe(true);
});

it('a first token timeout is a 408, and not retried unless 408 is listed', async () => {
  const [role = ''] = await fixtureStream('openai', providers);
  const stalled = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    socket.write(rawChunk(Buffer.from(role)));
  });
  const target = targetAt('openai', stalled.url, { first_token_timeout: 40, retry: { attempts: 1 } });
  const response = await post(target, { stream: true });
  expect(response.status).toBe(408);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ error: { type: 'timeout_error', param: null, code: null } });
  expect(stalled.requests).toHaveLength(1);
});

it('the total timeout ends a plain call with a 408: no retry and no further target follows', async () => {
  const before = silent.requests.length;
  const target = never({ retry: { attempts: 5, on_status_codes: [408] } });
  const response = await post(fallback([target, healthy()], { total_timeout: 80 }));
  expect(response.status).toBe(408);
  expect(await response.json()).toMatchObject({ error: { type: 'timeout_error', param: null, code: null } });
  expect(response.headers.get('x-portkey-last-used-option-index')).toBe('config.targets[0]');
  expect(silent.requests).toHaveLength(before + 1);
  expect(providers.openai.requests).toHaveLength(0);
  await until(() => silent.openSockets() === 0, { timeoutMs: 2_000, what: 'the provider being let go' });
});

it('the total timeout counts over all attempts and targets', async () => {
  const before = silent.requests.length;
  const one = never({ request_timeout: 60 });
  const response = await post(fallback([one, one, one, one, one, one, one, healthy()], { total_timeout: 150 }));
  expect(response.status).toBe(408);
  expect(silent.requests.length - before).toBeLessThanOrEqual(3);
  expect(providers.openai.requests).toHaveLength(0);
});

it('a wait that would pass the total timeout is not begun', async () => {
  providers.openai.script({ status: 429, retryAfterS: 30 });
  const retry = { attempts: 2, use_retry_after_header: true };
  const response = await post(healthy({ retry, total_timeout: 1_000 }));
  expect(response.status).toBe(429);
  expect(response.headers.get('x-portkey-retry-attempt-count')).toBe('-1');
  expect(providers.openai.requests).toHaveLength(1);
});

it('the total timeout ends a stream under way with the error frame', async () => {
  providers.openai.script({ text: 'alpha beta gamma.', stallAfter: 3 });
  const response = await post(
    healthy({ total_timeout: 300 }),
    { stream: true },
    { 'x-portkey-trace-id': 'total-stream' },
  );
  expect(response.status).toBe(200);
  const stream = await readEvents(response);
  expect(stream.isDone).toBe(false);
  expect(stream.error).toMatchObject({
    error: { message: expect.stringContaining('300ms'), type: 'timeout_error', param: null },
    message: expect.stringContaining('300ms'),
    provider: 'openai',
    choices: [],
  });
  await until(() => providers.openai.requests[0]?.outcome === 'left', { timeoutMs: 2_000 });
  const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === 'total-stream');
  expect(record).toMatchObject({ status: 200, outcome: 'interrupted', isSuccess: false });
});

it('without any timeout of its own a provider has the time of the deployment: then 504, retried by default', async () => {
  const before = silent.requests.length;
  const response = await post(never({ retry: { attempts: 1 } }), {}, {}, impatient);
  expect(response.status).toBe(504);
  expect(await response.json()).toEqual({
    error: { message: 'openai did not answer in time', type: 'upstream_timeout', param: null, code: null },
  });
  expect(response.headers.get('x-portkey-retry-attempt-count')).toBe('-1');
  expect(silent.requests).toHaveLength(before + 2);
});

it('a plain answer that stops in its middle has the time of the deployment too', async () => {
  providers.openai.script({ stallAfter: 1 });
  const response = await post(healthy(), {}, {}, impatient);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { type: 'upstream_timeout' } });
});

/** A listener whose queue of connections is full: a further one is never answered. Linux drops its first packet. */
const fullListener = async (): Promise<{ port: number; close(): Promise<void> }> => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const fillers: Socket[] = [];
  const connected = () => {
    const filler = createConnection(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    return new Promise<boolean>((resolve) => {
      filler.once('connect', () => resolve(true));
      setTimeout(() => resolve(false), 50);
    });
  };
  while (fillers.length < 20 && (await connected()));
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
};

it('a provider that cannot be connected to in time is a 503 that names it', async () => {
  const listener = await fullListener();
  const hasty = await startGateway({ env: { GATEWAY_CONNECT_TIMEOUT_MS: '60' } });
  try {
    const url = `http://127.0.0.1:${listener.port}/v1`;
    const response = await post(targetAt('openai', url), {}, { 'x-portkey-trace-id': 'connect' }, hasty);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: {
        message: 'Timed out connecting to openai',
        type: 'connection_error',
        param: null,
        code: 'connect_timeout',
      },
    });
    const [record] = await hasty.logRecords(1, ({ traceId }) => traceId === 'connect');
    expect(record?.attempts.map(({ status }) => status)).toEqual([503]);
  } finally {
    await hasty.close();
    await listener.close();
  }
});

const answer = { index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' };
