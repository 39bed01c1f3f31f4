import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '@portolan/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEvents, textOf } from '../testing/event-stream.ts';
import { modelOf, STREAMING } from '../testing/fixture-streams.ts';
import { chat, MODELS, type Running, startProviders, stopProviders, targetAt } from '../testing/providers.ts';
import { rawAnswer, startRawUpstream } from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let providers: Running;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway({ env: { GATEWAY_REHEARSAL_URL: providers.rehearsal.url } });
});
afterAll(async () => {
  await gateway.close();
  await stopProviders(providers);
});

/** These do much work: on a busy machine it takes its time. */
const HEAVY_MS = 60_000;

const MEBIBYTE = 1024 * 1024;

const completion = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
});

/** Takes a body in without keeping it: how long it was, and its digest. */
const digesting = async () => {
  const seen: { sizeBytes: number; digest: string }[] = [];
  const server: Server = createServer((incoming, response) => {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    incoming.on('data', (bytes: Buffer) => {
      sizeBytes += bytes.length;
      hash.update(bytes);
    });
    incoming.on('end', () => {
      seen.push({ sizeBytes, digest: hash.digest('hex') });
      response.writeHead(200, { 'content-type': 'application/json' }).end(completion);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** A chat body of exactly that size, piece by piece. */
function* hugeBody(sizeBytes: number): Generator<Buffer> {
  const head = Buffer.from(`{"model":"gpt-4o-mini","messages":[{"role":"user","content":"`);
  const tail = Buffer.from('"}]}');
  const piece = Buffer.alloc(MEBIBYTE, 'portolan ');
  yield head;
  let left = sizeBytes - head.length - tail.length;
  for (; left > piece.length; left -= piece.length) yield piece;
  yield piece.subarray(0, left);
  yield tail;
}

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
};

const usedBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('a body of one hundred mebibytes arrives as it was sent, and its memory comes back', {
  timeout: HEAVY_MS,
}, async () => {
  const upstream = await digesting();
  const sizeBytes = 100 * MEBIBYTE;
  const before = usedBytes();
  const sending = request(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': sizeBytes,
      'x-portkey-api-key': gateway.key,
      'x-portkey-config': JSON.stringify(targetAt('openai', upstream.url)),
    },
  });
  const answered = once(sending, 'response');
  const hash = createHash('sha256');
  for (const piece of hugeBody(sizeBytes)) {
    hash.update(piece);
    if (!sending.write(piece)) await once(sending, 'drain');
  }
  sending.end();
  const [response] = await answered;
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(upstream.seen).toEqual([{ sizeBytes, digest: hash.digest('hex') }]);
  await once(response, 'end');
  upstream.close();
  await until(() => usedBytes() < before + 16 * MEBIBYTE, { timeoutMs: 10_000, what: 'the memory coming back' });
});

it('a thousand calls at once each get their own answer', { timeout: HEAVY_MS }, async () => {
  const calls = Array.from({ length: 1_000 }, async (_call, at) => {
    const provider = STREAMING[at % STREAMING.length] ?? 'openai';
    const marker = `marker-${at}-end`;
    const stream = at % 2 === 0;
    const trace = `thousand-${at}`;
    const response = await gateway.post('/chat/completions', chat(modelOf(provider), marker, { stream }), {
      config: targetAt(provider, providers[provider].url),
      headers: { 'x-portkey-trace-id': trace },
    });
    const text = stream
      ? textOf((await readEvents(response)).chunks)
      : ((await response.json()) as Completion).choices[0]?.message.content;
    return {
      at,
      provider,
      marker,
      trace,
      status: response.status,
      text,
      seenTrace: response.headers.get('x-portkey-trace-id'),
    };
  });
  for (const { at, provider, marker, trace, status, text, seenTrace } of await Promise.all(calls)) {
    expect(status, `call ${at} to ${provider}`).toBe(200);
    expect(seenTrace).toBe(trace);
    if (provider === 'rehearsal') continue;
    expect(text).toContain(marker);
    expect(text?.match(/marker-/g)).toHaveLength(1);
  }
  await until(async () => (await gateway.inFlight()) === 0);
  const records = await gateway.logRecords(1_000, ({ traceId }) => traceId.startsWith('thousand-'));
  for (const { traceId, requestBody } of records) expect(requestBody).toContain(`marker-${traceId.slice(9)}-end`);
});

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

it('beyond the calls that may be served at once there is a 503 that says when to come again', async () => {
  const small = await startGateway({ env: { GATEWAY_MAX_IN_FLIGHT: '2' } });
  const release: (() => void)[] = [];
  const holding = await startRawUpstream((_request, socket) => {
    release.push(() => void socket.write(rawAnswer(200, completion)));
  });
  const call = () =>
    small.post('/chat/completions', chat(MODELS.openai, 'Hello'), { config: targetAt('openai', holding.url) });
  const held = [call(), call()];
  await until(() => release.length === 2);
  const refused = await call();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('x-portkey-trace-id')).toMatch(/\w/);
  expect(refused.headers.get('x-portkey-request-id')).toMatch(/\w/);
  expect(await refused.json()).toMatchObject({ status: 'failure', error: { type: 'overloaded', param: null } });
  expect(holding.requests).toHaveLength(2);
  for (const each of release.splice(0)) each();
  for (const response of await Promise.all(held)) expect(response.status).toBe(200);
  await until(async () => (await small.inFlight()) === 0);
  const again = call();
  await until(() => release.length === 1);
  release[0]?.();
  expect((await again).status).toBe(200);
  await small.close();
  await holding.close();
});
