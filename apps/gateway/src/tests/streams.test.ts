import type { JsonObject } from '@portolan/providers';
import type { ScriptedAnswer } from '@portolan/testing';
import { withTimeout } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataOf, finishOf, frameReader, readEvents, textOf } from '../testing/event-stream.ts';
import { fixtureStream, modelOf, STREAMING, type StreamingProvider, WORDS } from '../testing/fixture-streams.ts';
import { chat, MODELS, type Running, startProviders, stopProviders, targetAt } from '../testing/providers.ts';
import { LAST_CHUNK, rawChunk, rawHead, startRawUpstream } from '../testing/raw-upstream.ts';
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
afterEach(() => vi.useRealTimers());

const configOf = (provider: StreamingProvider, rest: object = {}): object =>
  provider === 'rehearsal' ? { provider, api_key: 'K', ...rest } : targetAt(provider, providers[provider].url, rest);

const script = (provider: StreamingProvider, answer: ScriptedAnswer): void => {
  if (provider !== 'rehearsal') providers[provider].script(answer);
};

const ask = (provider: StreamingProvider, rest: object, headers: Record<string, string> = {}) =>
  gateway.post('/chat/completions', chat(modelOf(provider), 'Hello there', rest), {
    config: configOf(provider),
    headers,
  });

const ended = { include_usage: true };

describe.each(STREAMING)('a stream of %s', (provider) => {
  it('has chunks of one answer, its finish reason, and [DONE] as its end, under the headers of an event stream', async () => {
    script(provider, { text: 'alpha beta gamma.' });
    const { status, headers, frames, chunks, error } = await readEvents(await ask(provider, { stream: true }));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('content-length')).toBeNull();
    expect(headers.get('x-portkey-provider')).toBe(provider);
    expect(headers.get('x-portkey-last-used-option-index')).toBe('config');
    expect(headers.get('x-portkey-retry-attempt-count')).toBe('0');
    expect(headers.get('x-portkey-cache-status')).toBe('DISABLED');
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(frames.filter((frame) => frame === 'data: [DONE]')).toHaveLength(1);
    expect(frames).toHaveLength(chunks.length + 1);
    for (const frame of frames) expect(frame).toMatch(/^data: [^\n]+$/);
    expect(error).toBeUndefined();
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ object: 'chat.completion.chunk', id: chunks[0]?.id, model: chunks[0]?.model });
      expect(chunk.choices).toHaveLength(1);
      expect(chunk.created).toEqual(expect.any(Number));
    }
    expect(chunks[0]).toMatchObject({ choices: [{ index: 0, delta: { role: 'assistant' } }] });
    expect(chunks.at(-1)).toMatchObject({ choices: [{ index: 0, finish_reason: 'stop' }] });
    if (provider !== 'rehearsal') expect(textOf(chunks)).toBe('alpha beta gamma.');
  });

  it('shows usage only to callers who ask, last and without choices, and always leaves it in the log', async () => {
    const shown = async (trace: string, options: object) => {
      script(provider, { text: 'alpha beta gamma.' });
      const stream = await readEvents(
        await ask(provider, { stream: true, ...options }, { 'x-portkey-trace-id': trace }),
      );
      const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === trace);
      return { chunks: stream.chunks, record };
    };
    const hidden = await shown(`usage-hidden-${provider}`, {});
    expect(hidden.chunks.filter(({ usage }) => usage !== undefined && usage !== null)).toEqual([]);
    expect(hidden.record).toMatchObject({ isSuccess: true, outcome: 'complete', status: 200, stream: true });
    expect(hidden.record?.usage).not.toBeNull();

    const seen = await shown(`usage-shown-${provider}`, { stream_options: ended });
    const last = seen.chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toMatchObject({ total_tokens: expect.any(Number) });
    expect(seen.chunks.slice(0, -1).filter(({ usage }) => usage !== undefined && usage !== null)).toEqual([]);
    expect(seen.record?.usage).toEqual(hidden.record?.usage);
  });

  it('comes to the same as the plain answer, also in the log', async () => {
    const trace = `equal-${provider}`;
    const words = { text: 'alpha beta gamma.' };
    script(provider, words);
    const plain = (await (await ask(provider, {})).json()) as PlainAnswer;
    script(provider, words);
    const { chunks } = await readEvents(
      await ask(provider, { stream: true, stream_options: ended }, { 'x-portkey-trace-id': trace }),
    );
    expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
    expect(finishOf(chunks)).toBe(plain.choices[0]?.finish_reason);
    expect(chunks.at(-1)?.usage).toEqual(plain.usage);
    expect(chunks[0]?.model).toBe(plain.model);
    const [record] = await gateway.logRecords(1, ({ traceId }) => traceId === trace);
    const logged = JSON.parse(record?.responseBody ?? 'null') as PlainAnswer;
    expect(logged.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
    expect(logged.choices[0]?.finish_reason).toBe(plain.choices[0]?.finish_reason);
    expect(record).toMatchObject({ finishReason: 'stop', isSuccess: true });
  });

  it('reaches the client piece by piece, as the provider sends it', async () => {
    const events = await fixtureStream(provider, providers);
    const pieces = piecesOf(provider, events);
    expect(pieces.length).toBeGreaterThan(2);
    let send: (from: number, to: number) => void = () => undefined;
    const upstream = await startRawUpstream((_request, socket) => {
      socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
      send = (from, to) => void socket.write(rawChunk(Buffer.from(events.slice(from, to).join(''))));
      send(0, (pieces[0]?.at ?? 0) + 1);
    });
    const response = await gateway.post('/chat/completions', chat(modelOf(provider), 'Hello', { stream: true }), {
      config: targetAt(provider, upstream.url),
    });
    const reader = frameReader(response);
    for (const [nth, { at, text }] of pieces.entries()) {
      for (let shown = ''; shown !== text; ) {
        const frame = await withTimeout(reader.next(), 2_000, `piece ${nth} reaching the client`);
        shown = textOf([dataOf(frame ?? '')]);
      }
      send(at + 1, (pieces[nth + 1]?.at ?? events.length) + 1);
    }
    await upstream.close();
  });
});

it.each(['openai', 'rehearsal'] as const)('text completions of %s stream as text completions', async (provider) => {
  script(provider, { text: 'alpha beta' });
  const model = provider === 'openai' ? 'gpt-3.5-turbo-instruct' : 'rehearsal';
  const response = await gateway.post(
    '/completions',
    { model, prompt: 'Hello', stream: true },
    { config: configOf(provider) },
  );
  const { chunks, frames } = await readEvents(response);
  expect(frames.at(-1)).toBe('data: [DONE]');
  for (const chunk of chunks) expect(chunk).toMatchObject({ object: 'text_completion' });
  if (provider === 'openai') {
    const texts = chunks.flatMap(({ choices }) => (choices as readonly { text: string }[]).map(({ text }) => text));
    expect(texts.join('')).toBe('alpha beta');
  }
});

it.each(['openai', 'anthropic', 'google', 'mistral-ai'] as const)(
  'tool calls of %s come streamed as they come plain',
  async (provider) => {
    const answer = {
      text: '',
      toolCalls: [
        { name: 'get_time', arguments: { zone: 'Europe/Berlin' } },
        { name: 'get_time', arguments: { zone: 'Asia/Tokyo' } },
      ],
    };
    const parameters = { type: 'object', properties: { zone: { type: 'string' } } };
    const tools = {
      tools: [{ type: 'function', function: { name: 'get_time', description: 'The time', parameters } }],
    };
    script(provider, answer);
    const plain = (await (await ask(provider, tools)).json()) as PlainAnswer;
    script(provider, answer);
    const { chunks } = await readEvents(await ask(provider, { ...tools, stream: true }));
    const calls = plain.choices[0]?.message.tool_calls ?? [];
    expect(calls.map(({ function: called }) => JSON.parse(called.arguments))).toEqual(
      answer.toolCalls.map(({ arguments: given }) => given),
    );
    expect(callsOf(chunks)).toEqual(calls.map(({ function: called }) => called));
    expect(finishOf(chunks)).toBe('tool_calls');
    expect(plain.choices[0]?.finish_reason).toBe('tool_calls');
  },
);

it('after fifteen seconds of silence, and not before, a comment keeps the stream alive', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let send: (word: string) => void = () => undefined;
  const upstream = await startRawUpstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    send = (content) => {
      const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice(content)] };
      socket.write(rawChunk(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)));
    };
    send('one');
  });
  const response = await gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', { stream: true }), {
    config: targetAt('openai', upstream.url),
  });
  const reader = frameReader(response);
  const next = () => withTimeout(reader.next(), 2_000, 'the next frame');
  expect(await next()).toContain('one');
  vi.advanceTimersByTime(14_000);
  send('two');
  expect(await next()).toContain('two');
  vi.advanceTimersByTime(14_000);
  send('three');
  expect(await next()).toContain('three');
  vi.advanceTimersByTime(15_000);
  expect(await next()).toBe(': keep-alive');
  vi.advanceTimersByTime(15_000);
  expect(await next()).toBe(': keep-alive');
  send('four');
  expect(textOf([dataOf((await next()) ?? '')])).toBe('four');
  await upstream.close();
});

it('line ends, comments, a byte order mark and pings of a provider change nothing', async () => {
  const chunk = (content: string) =>
    JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice(content)] });
  const end = JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [finish] });
  const text = `\uFEFF: hello\r\n\r\nevent: ping\r\ndata: \r\n\r\ndata:${chunk('é😀')}\r\rdata: ${chunk('two')}\n\n: c\n\ndata: ${end}\n\ndata: [DONE]\r\n\r\n`;
  const bytes = Buffer.from(text.replace('event: ping\r\ndata: \r\n\r\n', ''));
  const upstream = await startRawUpstream((_request, socket) => {
    socket.write(rawHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    for (let at = 0; at < bytes.length; at += 3) socket.write(rawChunk(bytes.subarray(at, at + 3)));
    socket.write(LAST_CHUNK);
  });
  const response = await gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', { stream: true }), {
    config: targetAt('openai', upstream.url),
  });
  const { chunks, isDone } = await readEvents(response);
  expect(textOf(chunks)).toBe('é😀two');
  expect(isDone).toBe(true);
  await upstream.close();
});

interface PlainAnswer {
  readonly model: string;
  readonly usage: JsonObject;
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: {
      readonly content: string;
      readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
    };
  }[];
}

const choice = (content: string) => ({ index: 0, delta: { content }, finish_reason: null });
const finish = { index: 0, delta: {}, finish_reason: 'stop' };

/** Which events of a fixture carry text, and what text. */
const piecesOf = (provider: StreamingProvider, events: readonly string[]): { at: number; text: string }[] =>
  events.flatMap((event, at) => {
    const text =
      provider === 'rehearsal' && event.startsWith('data: {')
        ? textOf([dataOf(event)])
        : (WORDS.find((word) => event.includes(word.trim())) ?? '');
    return text === '' ? [] : [{ at, text }];
  });

interface ToolDelta {
  readonly index: number;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Tool calls put together from their pieces. */
const callsOf = (chunks: readonly JsonObject[]) => {
  const calls: { name: string; arguments: string }[] = [];
  const deltas = chunks
    .flatMap(({ choices }) => choices as readonly { delta?: { tool_calls?: readonly ToolDelta[] } }[])
    .flatMap(({ delta }) => delta?.tool_calls ?? []);
  for (const { index, function: piece } of deltas) {
    const call = calls[index] ?? { name: '', arguments: '' };
    calls[index] = call;
    call.name += piece?.name ?? '';
    call.arguments += piece?.arguments ?? '';
  }
  return calls;
};
