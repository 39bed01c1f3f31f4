import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, textOf } from '../testing/event-stream.ts';
import { chat, MODELS, targetAt } from '../testing/providers.ts';
import {
  LAST_CHUNK,
  type RawUpstream,
  rawAnswer,
  rawChunk,
  rawHead,
  startRawUpstream,
} from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let gateway: GatewayUnderTest;
const senders: RawUpstream[] = [];

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
});

const ask = (url: string, body: object = {}) =>
  gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', body), { config: targetAt('openai', url) });

const answering = async (answer: Buffer | ((socket: Socket) => void)): Promise<string> => {
  const sender = await startRawUpstream((_request, socket) => {
    if (typeof answer === 'function') answer(socket);
    else socket.write(answer);
  });
  senders.push(sender);
  return sender.url;
};

const json = { 'content-type': 'application/json' };
const completion = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
};
const text = JSON.stringify(completion);

const encodings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, 'X-GZIP': gzipSync } as const;

describe.each(Object.entries(encodings))('a body packed with %s', (name, pack) => {
  it('is unpacked when plain', async () => {
    const response = await ask(await answering(rawAnswer(200, pack(text), { ...json, 'content-encoding': name })));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.json()).toMatchObject(completion);
  });

  it('is unpacked when streamed, also byte by byte', async () => {
    const chunk = {
      ...completion,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'Hi.' } }],
    };
    const packed = pack(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    const url = await answering((socket) => {
      const headers = { 'content-type': 'text/event-stream', 'content-encoding': name, 'transfer-encoding': 'chunked' };
      socket.write(rawHead(200, headers));
      for (const byte of packed) socket.write(rawChunk(Buffer.of(byte)));
      socket.write(LAST_CHUNK);
    });
    const { chunks, isDone, headers } = await readEvents(await ask(url, { stream: true }));
    expect(headers.get('content-encoding')).toBeNull();
    expect(textOf(chunks)).toBe('Hi.');
    expect(isDone).toBe(true);
  });

  it('is a cut when its stream breaks off', async () => {
    const chunk = {
      ...completion,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'Hi.' } }],
    };
    const events = `data: ${JSON.stringify(chunk)}\n\n`.repeat(2_000);
    const packed = pack(`${events}data: [DONE]\n\n`);
    const url = await answering((socket) => {
      const headers = { 'content-type': 'text/event-stream', 'content-encoding': name, connection: 'close' };
      socket.write(rawHead(200, headers));
      socket.write(packed.subarray(0, packed.length - 12), () => socket.destroySoon());
    });
    const response = await ask(url, { stream: true });
    if (response.status !== 200) return expect(response.status).toBe(502);
    const stream = await readEvents(response);
    expect(stream.isDone).toBe(false);
    expect(stream.error).toMatchObject({ error: { type: 'upstream_stream_error' }, provider: 'openai', choices: [] });
  });
});

it('a stream that unpacks into one endless event is cut off', async () => {
  const packed = gzipSync(Buffer.concat([Buffer.from('data: {"x":"'), Buffer.alloc(32 * 1024 * 1024, 'x')]));
  const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
  const response = await ask(await answering(rawAnswer(200, packed, headers)), { stream: true });
  expect(response.status).toBe(502);
});
