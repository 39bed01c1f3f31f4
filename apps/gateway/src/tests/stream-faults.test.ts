import type { JsonObject } from '@portolan/providers';
import type { StandInName } from '@portolan/testing';
import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readEvents, textOf } from '../testing/event-stream.ts';
import { fixtureStream, modelOf, STREAMING, type StreamingProvider } from '../testing/fixture-streams.ts';
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
const senders: RawUpstream[] = [];

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway({ env: { GATEWAY_REHEARSAL_URL: providers.rehearsal.url } });
});
afterAll(async () => {
  await gateway.close();
  await stopProviders(providers);
});
beforeEach(() => {
  for (const name of STAND_INS) providers[name].reset();
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
});

/** An upstream that streams these pieces, one chunk each, and ends in good order. */
const sending = async (pieces: readonly (string | Buffer)[], end = true): Promise<string> => {
  const sender = await startRawUpstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    for (const piece of pieces) socket.write(rawChunk(Buffer.from(piece)));
    if (end) socket.write(LAST_CHUNK);
  });
  senders.push(sender);
  return sender.url;
};

const streamed = (provider: StreamingProvider, config: object, trace = provider as string) =>
  gateway.post('/chat/completions', chat(modelOf(provider), 'Hello', { stream: true }), {
    config,
    headers: { 'x-portkey-trace-id': trace },
  });

const healthy = () =>
  targetAt('openai', providers.openai.url, { override_params: { model: MODELS.openai, max_completion_tokens: 100 } });

const thenHealthy = (target: object) => ({ strategy: { mode: 'fallback' }, targets: [target, healthy()] });

/** The status that the error event of each stand-in stands for, and its type where the provider has one. */
const IN_STREAM: Readonly<Record<StandInName, { status: number; error: object }>> = {
  openai: { status: 500, error: { type: 'server_error', param: null, code: null } },
  anthropic: { status: 500, error: { type: 'api_error', param: null, code: null } },
  google: { status: 500, error: { type: 'INTERNAL', param: null, code: 'INTERNAL' } },
  'mistral-ai': { status: 502, error: { type: 'internal_server_error', param: null } },
};

describe.each(STAND_INS)('an error event of %s', (provider) => {
  const { status, error } = IN_STREAM[provider];
  const message = `${provider} error: It broke.`;

  it('as the first event is an HTTP error with its status, as if no stream had been asked for', async () => {
    providers[provider].script({ errorAfter: 0, message: 'It broke.' });
    const response = await streamed(provider, targetAt(provider, providers[provider].url), `first ${provider}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ error: { message, ...error }, provider });
    const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === `first ${provider}`);
    expect(record).toMatchObject({ status, isSuccess: false });
  });

  it('as the first event is retried', async () => {
    providers[provider].script({ errorAfter: 0, message: 'It broke.' }, { text: 'well' });
    const target = targetAt(provider, providers[provider].url, { retry: { attempts: 1 } });
    const response = await streamed(provider, target);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-portkey-retry-attempt-count')).toBe('1');
    const { chunks, isDone } = await readEvents(response);
    expect(textOf(chunks)).toBe('well');
    expect(isDone).toBe(true);
    expect(providers[provider].requests).toHaveLength(2);
  });

  it('as the first event lets the next target answer, and nothing of the first is seen', async () => {
    const first = await sending(
      (await fixtureWithError(provider)).map((event) => event),
      true,
    );
    providers.openai.script({ text: 'well' });
    const response = await streamed(provider, thenHealthy(targetAt(provider, first)));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
    const { text, isDone } = await readEvents(response);
    expect(text).not.toContain('It broke');
    expect(isDone).toBe(true);
  });

  it('later in the stream is the last frame, with what the provider said', async () => {
    providers[provider].script({ text: 'alpha beta gamma.', errorAfter: 2, message: 'It broke.' });
    const response = await streamed(provider, targetAt(provider, providers[provider].url), `later ${provider}`);
    expect(response.status).toBe(200);
    const stream = await readEvents(response);
    expect(stream.isDone).toBe(false);
    expect(stream.chunks.length).toBeGreaterThan(0);
    expect(JSON.stringify(stream.chunks)).not.toContain('finish_reason":"');
    expect(stream.error).toMatchObject({ error: { message, ...error }, message, provider, choices: [] });
    expect(Object.keys(stream.error ?? {})).toEqual(['error', 'message', 'provider', 'choices']);
    expect(Object.keys((stream.error?.error ?? {}) as JsonObject)).toEqual(['message', 'type', 'param', 'code']);
    const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === `later ${provider}`);
    expect(record).toMatchObject({ status: 200, outcome: 'interrupted', isSuccess: false });
  });
});

/** A stream that is nothing but its error event. */
const fixtureWithError = async (provider: StandInName): Promise<string[]> => {
  providers[provider].script({ errorAfter: 0, message: 'It broke.' });
  const events = await fixtureStream(provider, providers).catch(() => []);
  return [...events];
};

it('an overloaded Anthropic counts as 529 when it says so first, and is retried by default', async () => {
  const overloaded =
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
  const url = await sending([overloaded]);
  const response = await streamed('anthropic', targetAt('anthropic', url, { retry: { attempts: 1 } }));
  expect(response.status).toBe(529);
  expect(response.headers.get('x-portkey-retry-attempt-count')).toBe('-1');
  expect(await response.json()).toEqual({
    error: { message: 'anthropic error: Overloaded', type: 'overloaded_error', param: null, code: null },
    provider: 'anthropic',
  });
  expect(senders[0]?.requests).toHaveLength(2);
});

describe.each(STREAMING)('an event of %s that nobody can read', (provider) => {
  const broken = 'data: {"id":"chatcmpl-\n\n';

  it('in the middle ends the stream with the error frame and aborts the provider', async () => {
    const events = await fixtureStream(provider, providers);
    const url = await sending([...events.slice(0, 2), broken, ...events.slice(2)], false);
    const stream = await readEvents(await streamed(provider, targetAt(provider, url), `broken ${provider}`));
    expect(stream.isDone).toBe(false);
    expect(stream.error).toMatchObject({
      error: { message: expect.any(String), type: expect.any(String) },
      choices: [],
    });
    const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === `broken ${provider}`);
    expect(record).toMatchObject({ status: 200, outcome: 'interrupted', isSuccess: false });
    await until(() => senders[0]?.openSockets() === 0, { timeoutMs: 2_000, what: 'the provider being let go' });
  });

  it('at the beginning is a 502 that the next target can mend', async () => {
    const url = await sending([broken], false);
    const alone = await streamed(provider, targetAt(provider, url));
    expect(alone.status).toBe(502);
    expect(await alone.json()).toMatchObject({ error: { type: 'invalid_upstream_response' }, provider });
    providers.openai.script({ text: 'well' });
    const mended = await streamed(provider, thenHealthy(targetAt(provider, url)));
    expect(textOf((await readEvents(mended)).chunks)).toBe('well');
  });
});

it.each(['openai', 'google'] as const)(
  'an event of %s past four megabytes is never gathered: the stream ends in an error',
  async (provider) => {
    const events = await fixtureStream(provider, providers);
    const piece = Buffer.alloc(512 * 1024, 'x');
    const endless = [`data: {"x":"`, ...Array.from({ length: 10 }, () => piece)];
    const late = await sending([...events.slice(0, 2), ...endless], false);
    const stream = await readEvents(await streamed(provider, targetAt(provider, late)));
    expect(stream.isDone).toBe(false);
    expect(stream.error).toMatchObject({ error: { type: 'upstream_stream_error' }, provider, choices: [] });
    const first = await sending(endless, false);
    const refused = await streamed(provider, targetAt(provider, first));
    expect(refused.status).toBe(502);
    await refused.body?.cancel();
    await until(() => senders.every((sender) => sender.openSockets() === 0), { timeoutMs: 2_000 });
  },
);

it.each(STAND_INS)(
  'a stream of %s that falls silent ends in the error frame, and its provider is let go',
  async (provider) => {
    providers[provider].script({ text: 'alpha beta gamma.', stallAfter: 2 });
    const target = targetAt(provider, providers[provider].url, { stream_idle_timeout: 60 });
    const stream = await readEvents(await streamed(provider, target, `stall ${provider}`));
    expect(stream.isDone).toBe(false);
    expect(stream.chunks.length).toBeGreaterThan(0);
    expect(stream.error).toMatchObject({
      error: { type: 'upstream_stream_error', param: null },
      provider,
      choices: [],
    });
    const [request] = providers[provider].requests;
    await until(() => request?.outcome === 'left', { timeoutMs: 2_000, what: 'the provider being let go' });
    const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === `stall ${provider}`);
    expect(record).toMatchObject({ outcome: 'interrupted', isSuccess: false, status: 200 });
  },
);

it.each(STAND_INS)('silence of %s before its first token lets the next target answer', async (provider) => {
  const silent = await sending(
    (await fixtureStream(provider, providers)).slice(0, provider === 'google' ? 0 : 1),
    false,
  );
  providers.openai.script({ text: 'well' });
  const target = targetAt(provider, silent, { first_token_timeout: 60 });
  const response = await streamed(provider, thenHealthy(target), `silent ${provider}`);
  expect(response.headers.get('x-portkey-last-used-option-index')).toBe('config.targets[1]');
  const { chunks, isDone, frames } = await readEvents(response);
  expect(isDone).toBe(true);
  expect(textOf(chunks)).toBe('well');
  // One role chunk only: that of the silent target was never shown.
  expect(frames.filter((frame) => frame.includes('"role":"assistant"'))).toHaveLength(1);
  await until(() => senders.every((sender) => sender.openSockets() === 0), { timeoutMs: 2_000 });
  const records = await gateway.logRecords(2, ({ traceId }) => traceId === `silent ${provider}`);
  expect(records.map(({ status, lastUsedOptionIndex }) => [status, lastUsedOptionIndex])).toEqual([
    [408, 'config.targets[0]'],
    [200, 'config.targets[1]'],
  ]);
});

it('a stream with an end but without an answer is a 502', async () => {
  const url = await sending(['data: [DONE]\n\n']);
  const response = await streamed('openai', targetAt('openai', url));
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_upstream_response' }, provider: 'openai' });
});

it('what a provider sends after its end mark is not shown', async () => {
  const events = await fixtureStream('openai', providers);
  const url = await sending([...events, 'data: {"id":"late","object":"chat.completion.chunk","choices":[]}\n\n']);
  const { frames, text } = await readEvents(await streamed('openai', targetAt('openai', url)));
  expect(frames.at(-1)).toBe('data: [DONE]');
  expect(text).not.toContain('late');
});
