import { createConnection, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { dataOf, frameReader, textOf } from '../testing/event-stream.ts';
import { fixtureStream, modelOf, STREAMING, type StreamingProvider } from '../testing/fixture-streams.ts';
import { chat, MODELS, type Running, startProviders, stopProviders, targetAt } from '../testing/providers.ts';
import {
  LAST_CHUNK,
  type RawUpstream,
  rawAnswer,
  rawChunk,
  rawHead,
  startRawUpstream,
} from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let providers: Running;
let gateway: GatewayUnderTest;
const senders: RawUpstream[] = [];

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway({
    env: {
      GATEWAY_RETRY_BASE_MS: '60000',
      GATEWAY_CLIENT_STALL_TIMEOUT_MS: '300',
      GATEWAY_REHEARSAL_URL: providers.rehearsal.url,
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await stopProviders(providers);
});
beforeEach(() => providers.openai.reset());
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
});

const upstream = async (...answer: Parameters<typeof startRawUpstream>): Promise<RawUpstream> => {
  const sender = await startRawUpstream(...answer);
  senders.push(sender);
  return sender;
};

const BOUND_MS = 2_000;

/** Buffers must fill and the stall time pass before a client is cut: on a busy machine that is seconds. Only a hang takes this long. */
const STALL_BOUND_MS = 30_000;
const STALL_TEST = { timeout: 60_000 };

/** Waits until the provider is let go, and says how long that took if it takes too long. */
const letGo = async (sender: RawUpstream, sinceMs: number): Promise<void> => {
  await until(() => sender.openSockets() === 0, {
    timeoutMs: BOUND_MS,
    what: 'the provider being let go (the contract wants it within 100 ms)',
  });
  const tookMs = performance.now() - sinceMs;
  expect(tookMs, `the provider was let go after ${tookMs} ms`).toBeLessThan(BOUND_MS);
};

const recordsOf = (trace: string, atLeast = 1) => gateway.logRecords(atLeast, ({ traceId }) => traceId === trace);

const fallback = (target: object) => ({
  strategy: { mode: 'fallback' },
  targets: [target, targetAt('openai', providers.openai.url)],
});

const leaving = (trace: string, config: object, body: object = {}) => {
  const leave = new AbortController();
  const response = gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', body), {
    config,
    headers: { 'x-portkey-trace-id': trace },
    signal: leave.signal,
  });
  return { leave, response };
};

it.each([{ stream: false }, { stream: true }])(
  'a client that leaves before the headers takes the provider with it (%o)',
  async (body) => {
    const silent = await upstream(() => undefined);
    const trace = `before headers ${body.stream}`;
    const { leave, response } = leaving(
      trace,
      fallback(targetAt('openai', silent.url, { retry: { attempts: 2 } })),
      body,
    );
    await until(() => silent.requests.length === 1, { what: 'the request reaching the provider' });
    const leftAtMs = performance.now();
    leave.abort();
    await expect(response).rejects.toThrow();
    await letGo(silent, leftAtMs);
    const [record, ...others] = await recordsOf(trace);
    expect(record).toMatchObject({ status: 499, outcome: 'client_closed', isSuccess: false, usage: null });
    expect(others).toEqual([]);
    expect(silent.requests).toHaveLength(1);
    expect(providers.openai.requests).toEqual([]);
  },
);

it('a client that leaves while a retry waits is the end of it', async () => {
  const failing = await upstream((_request, socket) => void socket.write(rawAnswer(503, '{"error":{"message":"no"}}')));
  const trace = 'during the wait';
  const { leave, response } = leaving(trace, fallback(targetAt('openai', failing.url, { retry: { attempts: 3 } })));
  await until(() => failing.requests.length === 1);
  // The answer has to be read before the wait begins.
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  leave.abort();
  await expect(response).rejects.toThrow();
  const [record] = await recordsOf(trace);
  expect(record).toMatchObject({ status: 499, outcome: 'client_closed', isSuccess: false });
  expect(record?.attempts.map(({ status }) => status)).toEqual([503]);
  expect(failing.requests).toHaveLength(1);
  expect(providers.openai.requests).toEqual([]);
});

it.each(STREAMING)(
  'a client that leaves a stream of %s ends it upstream, and the log has what was used',
  async (provider) => {
    const events = await fixtureStream(provider, providers);
    providers.openai.reset();
    const holding = await upstream((_request, socket) => {
      socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
      socket.write(rawChunk(Buffer.from(events.slice(0, 2).join(''))));
    });
    const trace = `mid-stream ${provider}`;
    const leave = new AbortController();
    const response = await gateway.post('/chat/completions', chat(modelOf(provider), 'Hello', { stream: true }), {
      config: fallback(targetAt(provider, holding.url)),
      headers: { 'x-portkey-trace-id': trace },
      signal: leave.signal,
    });
    expect(await frameReader(response).next()).toContain('data: {');
    const leftAtMs = performance.now();
    leave.abort();
    await letGo(holding, leftAtMs);
    const [record, ...others] = await recordsOf(trace);
    expect(record).toMatchObject({ status: 499, outcome: 'client_closed', isSuccess: false, stream: true });
    // Anthropic counts what it read at the start of a stream, Google with every event.
    if (provider === 'anthropic' || provider === 'google') expect(record?.usage).not.toBeNull();
    expect(others).toEqual([]);
    expect(providers.openai.requests).toEqual([]);
  },
);

const MEGABYTE = 1024 * 1024;
const PIECE_CHARS = 16_000;

/** An upstream that writes as fast as it is let, and counts what the other side took off its hands. */
const flooding = async (totalBytes: number) => {
  const text = 'x'.repeat(PIECE_CHARS);
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [delta(text)] };
  const frame = rawChunk(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`));
  const state = { accepted: 0, finished: false, frameBytes: frame.length };
  const sender = await upstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    const more = () => {
      while (!socket.destroyed && state.accepted < totalBytes) {
        state.accepted += frame.length;
        if (!socket.write(frame)) return void socket.once('drain', more);
      }
      state.finished = true;
      socket.write(rawChunk(Buffer.from('data: [DONE]\n\n')));
      socket.write(LAST_CHUNK);
    };
    more();
  });
  return { sender, state };
};

const delta = (content: string) => ({ index: 0, delta: { content }, finish_reason: null });

/** A client that sends a request and reads nothing of the answer. */
const unreadingClient = (trace: string, url: string, stream = true, { key, url: base } = gateway): Socket => {
  const body = JSON.stringify(chat(MODELS.openai, 'Hello', { stream }));
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: gateway',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `x-portkey-api-key: ${key}`,
    `x-portkey-trace-id: ${trace}`,
    `x-portkey-config: ${JSON.stringify(targetAt('openai', url))}`,
  ].join('\r\n');
  const client = createConnection(Number(new URL(base).port), '127.0.0.1').on('error', () => undefined);
  client.pause();
  client.write(`${head}\r\n\r\n${body}`);
  return client;
};

it('a client that does not read stops the provider, and is cut after its time', STALL_TEST, async () => {
  const { sender, state } = await flooding(50 * MEGABYTE);
  const client = unreadingClient('stalled client', sender.url);
  try {
    await until(() => sender.requests.length === 1, { timeoutMs: STALL_BOUND_MS });
    // Once it has been cut, all is counted: nothing can be accepted any more.
    await until(() => sender.openSockets() === 0, { timeoutMs: STALL_BOUND_MS, what: 'the provider being let go' });
    expect(state.finished).toBe(false);
    expect(state.accepted, `${state.accepted / MEGABYTE} MB were accepted`).toBeLessThan(8 * MEGABYTE);
    const [record] = await recordsOf('stalled client');
    expect(record).toMatchObject({ isSuccess: false });
    expect(record?.outcome).not.toBe('complete');
    await until(async () => (await gateway.inFlight()) === 0, {
      timeoutMs: STALL_BOUND_MS,
      what: 'the client being cut',
    });
  } finally {
    client.destroy();
  }
});

/** A plain answer that no buffer on the way can hold. */
const hugeAnswer = async (): Promise<{ sender: RawUpstream; sizeBytes: number }> => {
  const message = { role: 'assistant', content: 'x'.repeat(24 * MEGABYTE) };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  const body = JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices });
  const sender = await upstream((_request, socket) => void socket.write(rawAnswer(200, body)));
  return { sender, sizeBytes: body.length };
};

it('a client that does not read a plain answer is cut after its time too', STALL_TEST, async () => {
  const { sender } = await hugeAnswer();
  const client = unreadingClient('stalled plain', sender.url, false);
  try {
    await until(() => sender.requests.length === 1, { timeoutMs: STALL_BOUND_MS });
    await recordsOf('stalled plain');
    await until(async () => (await gateway.inFlight()) === 0, {
      timeoutMs: STALL_BOUND_MS,
      what: 'the client being cut',
    });
  } finally {
    client.destroy();
  }
});

it('a client that reads a plain answer slowly, but reads, is not cut', { timeout: 60_000 }, async () => {
  const { sender, sizeBytes } = await hugeAnswer();
  // Far longer than a busy machine may keep us from reading, and shorter than the whole answer takes.
  const patient = await startGateway({ env: { GATEWAY_CLIENT_STALL_TIMEOUT_MS: '3000' } });
  const client = unreadingClient('slow plain', sender.url, false, patient);
  let received = 0;
  client.on('data', (bytes) => {
    received += bytes.length;
    client.pause();
    setTimeout(() => client.resume(), 10);
  });
  client.resume();
  await until(() => received > sizeBytes || client.closed, { timeoutMs: 50_000, what: 'the whole answer' });
  client.destroy();
  await patient.close();
  expect(received).toBeGreaterThan(sizeBytes);
});

it('a client that does not read a stream which came packed is cut as well', STALL_TEST, async () => {
  const text = 'x'.repeat(2 * MEGABYTE);
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [delta(text)] };
  const events = Buffer.from(`${`data: ${JSON.stringify(chunk)}\n\n`.repeat(6)}data: [DONE]\n\n`);
  // All of it is here after one read: what is unpacked from it must wait as well.
  const packed = gzipSync(events);
  const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
  const sender = await upstream((_request, socket) => void socket.write(rawAnswer(200, packed, headers)));
  const client = unreadingClient('stalled packed', sender.url);
  try {
    await until(() => sender.requests.length === 1, { timeoutMs: STALL_BOUND_MS });
    await recordsOf('stalled packed');
    await until(async () => (await gateway.inFlight()) === 0, {
      timeoutMs: STALL_BOUND_MS,
      what: 'the client being cut',
    });
  } finally {
    client.destroy();
  }
});

it('a client that reads slowly gets everything in the end', { timeout: 60_000 }, async () => {
  const { sender, state } = await flooding(8 * MEGABYTE);
  const response = await gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', { stream: true }), {
    config: targetAt('openai', sender.url),
  });
  const reader = frameReader(response);
  let chars = 0;
  let last: string | undefined;
  for (let frame = await reader.next(); frame !== undefined; frame = await reader.next()) {
    last = frame;
    if (frame.startsWith('data: {')) chars += textOf([dataOf(frame)]).length;
    await nextTurn();
  }
  expect(last).toBe('data: [DONE]');
  expect(state.finished).toBe(true);
  expect(chars).toBe(Math.ceil((8 * MEGABYTE) / state.frameBytes) * PIECE_CHARS);
});

it('two hundred clients that leave at any moment leave nothing behind', async () => {
  const fixtures = new Map<StreamingProvider, readonly string[]>();
  for (const provider of STREAMING) fixtures.set(provider, await fixtureStream(provider, providers));
  const busy = await upstream(({ head, body }, socket) => {
    const events = fixtures.get(STREAMING.find((each) => body.includes(`as ${each}.`)) ?? 'openai') ?? [];
    const streaming = body.includes('"stream":true') || head.includes('streamGenerateContent');
    if (body.includes('silent')) return;
    if (!streaming)
      return void socket.write(rawHead(200, { 'content-type': 'application/json', 'content-length': '100' }));
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    const send = (at: number) => {
      const event = events[at];
      if (event === undefined || socket.destroyed) return;
      socket.write(rawChunk(Buffer.from(event)));
      setImmediate(() => send(at + 1));
    };
    send(0);
  });
  const cancelled = Array.from({ length: 200 }, async (_call, at) => {
    const provider = STREAMING[at % STREAMING.length] ?? 'openai';
    const leave = AbortSignal.timeout(Math.floor(Math.random() * 60));
    const content = `as ${provider}. ${at % 7 === 0 ? 'silent' : ''}`;
    const body = chat(modelOf(provider), content, { stream: at % 3 !== 0 });
    const config = { ...targetAt(provider, busy.url), retry: { attempts: 2 } };
    const response = await gateway.post('/chat/completions', body, { config, signal: leave });
    // Some ends are reached before the client leaves; the others throw.
    await response.text();
  });
  const ends = await Promise.allSettled(cancelled);
  expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(50);
  await until(() => busy.openSockets() === 0, { timeoutMs: BOUND_MS, what: 'every provider connection being let go' });
  await until(async () => (await gateway.inFlight()) === 0, { timeoutMs: BOUND_MS, what: 'nothing being in flight' });
});
