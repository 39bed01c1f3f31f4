import type { JsonObject } from '@portolan/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogRecord } from '../log-record.ts';
import { type EventStream, readEvents } from '../testing/event-stream.ts';
import {
  type FixtureStream,
  fixtureStream,
  modelOf,
  STREAMING,
  type StreamingProvider,
} from '../testing/fixture-streams.ts';
import { chat, type Running, startProviders, stopProviders, targetAt } from '../testing/providers.ts';
import { LAST_CHUNK, type RawUpstream, rawChunk, rawHead, startRawUpstream } from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

const FRAMINGS = ['chunked', 'close-delimited', 'length-too-long', 'length-too-short'] as const;
type Framing = (typeof FRAMINGS)[number];

interface Cut {
  readonly provider: StreamingProvider;
  readonly framing: Framing;
  /** Bytes of the fixture that get through. */
  readonly bytes: number;
}

let providers: Running;
let gateway: GatewayUnderTest;
let upstream: RawUpstream;
const fixtures = new Map<string, FixtureStream>();

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway({
    env: { GATEWAY_REHEARSAL_URL: providers.rehearsal.url, GATEWAY_UPSTREAM_CONNECTIONS: '1024' },
  });
  for (const provider of STREAMING) fixtures.set(provider, await fixtureStream(provider, providers));
  upstream = await startRawUpstream((request, socket) => {
    const [, provider = '', framing = '', bytes = ''] = /cut (\S+) (\S+) (\d+)\./.exec(request.body) ?? [];
    const whole = Buffer.from((fixtures.get(provider) ?? []).join(''));
    const sent = whole.subarray(0, Number(bytes));
    const headers = { 'content-type': 'text/event-stream' };
    switch (framing) {
      case 'chunked':
        socket.write(rawHead(200, { ...headers, 'transfer-encoding': 'chunked' }));
        if (sent.length > 0) socket.write(rawChunk(sent));
        break;
      case 'length-too-long':
        socket.write(rawHead(200, { ...headers, 'content-length': String(whole.length + 10) }));
        socket.write(sent);
        break;
      case 'length-too-short':
        socket.write(rawHead(200, { ...headers, 'content-length': String(sent.length) }));
        socket.write(whole);
        break;
      default:
        socket.write(rawHead(200, { ...headers, connection: 'close' }));
        socket.write(sent);
    }
    socket.destroySoon();
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await stopProviders(providers);
});

const nameOf = ({ provider, framing, bytes }: Cut) => `cut ${provider} ${framing} ${bytes}.`;

const run = async (cut: Cut): Promise<EventStream> => {
  const response = await gateway.post('/chat/completions', chat(modelOf(cut.provider), nameOf(cut), { stream: true }), {
    config: targetAt(cut.provider, upstream.url),
    headers: { 'x-portkey-trace-id': nameOf(cut) },
  });
  if (response.status === 200) return readEvents(response);
  return {
    status: response.status,
    headers: response.headers,
    error: (await response.json()) as JsonObject,
    ...nothing,
  };
};

const nothing = { text: '', frames: [], chunks: [], isDone: false };

/** After every event, and after every byte of the last 64. */
const cutsOf = (provider: StreamingProvider, framing: Framing): Cut[] => {
  const events = fixtures.get(provider) ?? [];
  const total = Buffer.byteLength(events.join(''));
  const afterEvents = events.map((_event, at) => Buffer.byteLength(events.slice(0, at).join('')));
  const lastBytes = Array.from({ length: 64 }, (_byte, at) => total - 64 + at);
  return [...new Set([...afterEvents, ...lastBytes])].map((bytes) => ({ provider, framing, bytes }));
};

/** The last byte of the end that the provider's own format has; Infinity where only the connection's end is one. */
const endsAt = (provider: StreamingProvider, framing: Framing): number => {
  const text = (fixtures.get(provider) ?? []).join('');
  const total = Buffer.byteLength(text);
  // A stream whose end is the connection's is complete when that came in good order and nothing is missing.
  if (provider === 'google') return framing === 'chunked' || framing === 'length-too-long' ? Infinity : total - 2;
  // An event whose line is complete counts at an orderly close, also without its blank line or its line end.
  return framing === 'close-delimited' || framing === 'length-too-short' ? total - 2 : total;
};

const inBatches = async <T, R>(items: readonly T[], size: number, each: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += size) {
    results.push(...(await Promise.all(items.slice(at, at + size).map(each))));
  }
  return results;
};

const errorOf = (stream: EventStream): JsonObject => stream.error?.error as JsonObject;

// The rehearsal provider speaks as Mistral does.
describe.each(STREAMING.filter((each) => each !== 'rehearsal'))('a stream of %s that is cut', (provider) => {
  it('never looks like a success, wherever the cut falls and however the body is delimited', {
    timeout: 30_000,
  }, async () => {
    const cuts = FRAMINGS.flatMap((framing) =>
      cutsOf(provider, framing).filter(({ bytes }) => bytes < endsAt(provider, framing)),
    );
    expect(cuts.length).toBeGreaterThan(240);
    const streams = await inBatches(cuts, 24, run);
    const prefix = `cut ${provider} `;
    const records = await gateway.logRecords(cuts.length, ({ traceId }) => traceId.startsWith(prefix));
    const recordOf = new Map(records.map((record): [string, LogRecord] => [record.traceId, record]));
    for (const [at, cut] of cuts.entries()) {
      const stream = streams[at];
      const name = nameOf(cut);
      if (stream === undefined) throw new Error(name);
      expect(stream.isDone, name).toBe(false);
      const record = recordOf.get(name);
      expect(record?.isSuccess, name).toBe(false);
      if (stream.status !== 200) {
        expect(stream.status, name).toBe(502);
        expect(stream.headers.get('content-type'), name).toBe('application/json');
        expect(errorOf(stream), name).toMatchObject({
          message: expect.any(String),
          type: expect.any(String),
          param: null,
        });
        expect(record, name).toMatchObject({ status: 502, usage: null });
        continue;
      }
      expect(stream.chunks.length, name).toBeGreaterThan(0);
      expect(stream.error, name).toEqual({
        error: {
          message: expect.any(String),
          type: 'upstream_stream_error',
          param: null,
          code: 'stream_interrupted',
        },
        message: errorOf(stream).message,
        provider,
        choices: [],
      });
      expect(record, name).toMatchObject({ status: 200, outcome: 'interrupted', errorType: 'upstream_stream_error' });
      // What was shown has cost something: without a usage it is not known what, and never nothing.
      if (record?.usage === null) expect(record, name).toMatchObject({ costNanoUsd: null });
    }
  });

  it.each(FRAMINGS)(
    'shows the frame that every client takes for an error, byte for byte (%s body)',
    async (framing) => {
      const events = fixtures.get(provider) ?? [];
      const bytes = Buffer.byteLength(events.slice(0, 2).join(''));
      const { frames } = await run({ provider, framing, bytes });
      const message = 'upstream connection closed before the response was complete';
      expect(frames.at(-1)).toBe(
        `event: error\ndata: {"error":{"message":"${message}","type":"upstream_stream_error","param":null,"code":"stream_interrupted"},"message":"${message}","provider":"${provider}","choices":[]}`,
      );
    },
  );

  it('before its first event is an error with a status, after which the next target is tried', async () => {
    for (const framing of FRAMINGS) {
      const cut = { provider, framing, bytes: 0 };
      const { status, error, headers } = await run(cut);
      expect(status).toBe(502);
      expect(error).toHaveProperty('error.type');
      expect(headers.get('x-portkey-provider')).toBe(provider);
    }
    providers.openai.script({ text: 'saved' });
    const response = await gateway.post(
      '/chat/completions',
      chat(modelOf(provider), nameOf({ provider, framing: 'chunked', bytes: 0 }), { stream: true }),
      {
        config: {
          strategy: { mode: 'fallback' },
          targets: [
            targetAt(provider, upstream.url),
            targetAt('openai', providers.openai.url, { override_params: { model: 'gpt-4o-mini' } }),
          ],
        },
      },
    );
    const { isDone, text } = await readEvents(response);
    expect(response.headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
    expect(isDone).toBe(true);
    expect(text).toContain('saved');
  });
});

/** A whole stream, ended in every good way there is, and in ways that only look bad. */
const GOOD_ENDS: Readonly<
  Record<string, (whole: Buffer, write: (bytes: string | Buffer) => void, end: () => void) => void>
> = {
  'a chunked body with its last chunk': (whole, write) => {
    write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    write(rawChunk(whole));
    write(LAST_CHUNK);
  },
  'a body with its right length': (whole, write) => {
    write(rawHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'content-length': String(whole.length) }));
    write(whole);
  },
  'a body that ends with the connection': (whole, write, end) => {
    write(rawHead(200, { 'content-type': 'text/event-stream', connection: 'close' }));
    write(whole);
    end();
  },
  'a body of one-byte chunks': (whole, write) => {
    write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    for (const byte of whole) write(rawChunk(Buffer.of(byte)));
    write(LAST_CHUNK);
  },
  'a body that lacks the last blank line': (whole, write, end) => {
    write(rawHead(200, { 'content-type': 'text/event-stream', connection: 'close' }));
    write(whole.subarray(0, whole.length - 2));
    end();
  },
};

it.each(STREAMING)('a proper end of %s is never called a cut', async (provider) => {
  const whole = Buffer.from((fixtures.get(provider) ?? []).join(''));
  const traceOf = (name: string) => `good end ${provider} ${name}`;
  for (const [name, answer] of Object.entries(GOOD_ENDS)) {
    const sender = await startRawUpstream((_request, socket) =>
      answer(
        whole,
        (bytes) => void socket.write(bytes),
        () => void socket.end(),
      ),
    );
    const response = await gateway.post('/chat/completions', chat(modelOf(provider), 'Hello', { stream: true }), {
      config: targetAt(provider, sender.url),
      headers: { 'x-portkey-trace-id': traceOf(name) },
    });
    const stream = await readEvents(response);
    expect(stream.frames.at(-1), name).toBe('data: [DONE]');
    await sender.close();
  }
  const names = Object.keys(GOOD_ENDS);
  const records = await gateway.logRecords(names.length, ({ traceId }) => traceId.startsWith(traceOf('')));
  expect(records.map(({ traceId }) => traceId).sort()).toEqual(names.map(traceOf).sort());
  for (const record of records) {
    expect(record).toMatchObject({ isSuccess: true, outcome: 'complete', errorType: null, finishReason: 'stop' });
  }
});

it.each(['openai', 'anthropic', 'mistral-ai', 'rehearsal'] as const)(
  'once the end mark of %s was seen, a connection that breaks or stays open takes nothing away',
  async (provider) => {
    const whole = Buffer.from((fixtures.get(provider) ?? []).join(''));
    for (const after of ['break', 'stay'] as const) {
      const sender = await startRawUpstream((_request, socket) => {
        socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
        socket.write(rawChunk(whole), () => {
          if (after === 'break') socket.destroy();
        });
      });
      const response = await gateway.post('/chat/completions', chat(modelOf(provider), 'Hello', { stream: true }), {
        config: targetAt(provider, sender.url),
      });
      expect((await readEvents(response)).frames.at(-1)).toBe('data: [DONE]');
      await sender.close();
    }
  },
);
