import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type StandIn, startStandIn, until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chat, MODELS, targetAt } from '../testing/providers.ts';
import { type RawUpstream, rawAnswer, rawChunk, rawHead, startRawUpstream } from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let gateway: GatewayUnderTest;
let healthy: StandIn;
const senders: RawUpstream[] = [];

beforeAll(async () => {
  healthy = await startStandIn('openai');
  gateway = await startGateway({ env: { TRUSTED_CUSTOM_HOSTS: '127.0.0.1,*.invalid' } });
});
afterAll(async () => {
  await gateway.close();
  await healthy.close();
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  // Whatever the provider did, the gateway serves the next call, and nothing hangs on.
  const next = await ask(healthy.url);
  expect(next.status).toBe(200);
  expect(await next.json()).toMatchObject({ object: 'chat.completion' });
  await until(async () => (await gateway.inFlight()) === 0, { timeoutMs: 1_000, what: 'nothing being in flight' });
});

const ask = (url: string, { body = {}, target = {} }: { body?: object; target?: object } = {}) =>
  gateway.post('/chat/completions', chat(MODELS.openai, 'Hello', body), { config: targetAt('openai', url, target) });

const answering = async (answer: Buffer | string | ((socket: Socket) => void)): Promise<string> => {
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
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};
const text = JSON.stringify(completion);
const half = text.slice(0, text.length >> 1);

const brokenOff = (headers: Readonly<Record<string, string>>, sent: Buffer | string) => (socket: Socket) => {
  socket.write(rawHead(200, { ...json, ...headers }));
  socket.write(sent, () => socket.destroySoon());
};

/** A port on which nobody listens. */
const deadPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

describe('a provider that cannot be reached', () => {
  it('is a 502 that names it and not its address', async () => {
    const port = await deadPort();
    const response = await ask(`http://127.0.0.1:${port}/v1`);
    expect(response.status).toBe(502);
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({
      error: { message: 'Could not connect to openai', type: 'connection_error', param: null, code: 'ECONNREFUSED' },
    });
    expect(body).not.toContain('127.0.0.1');
    expect(body).not.toContain(String(port));
    expect(response.headers.get('x-portkey-provider')).toBe('openai');
    expect(response.headers.get('x-portkey-gateway-exception')).toBeNull();
  });

  it('is a 502 when its name leads nowhere', async () => {
    const response = await ask('http://nobody.invalid/v1');
    expect(response.status).toBe(502);
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({
      error: {
        message: 'Could not connect to openai',
        type: 'connection_error',
        param: null,
        code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
      },
    });
    expect(body).not.toContain('nobody');
  });

  it('is tried again while attempts remain, whatever the list of statuses', async () => {
    const url = await answering((socket) => void socket.resetAndDestroy());
    const response = await ask(url, { target: { retry: { attempts: 2, on_status_codes: [] } } });
    expect(response.status).toBe(502);
    expect(response.headers.get('x-portkey-retry-attempt-count')).toBe('-1');
    expect(senders[0]?.requests).toHaveLength(3);
  });
});

const connectionErrors: Readonly<Record<string, (socket: Socket) => void>> = {
  'resets before any header': (socket) => void socket.resetAndDestroy(),
  'closes before any header': (socket) => socket.destroy(),
  'closes inside its headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: applic', () => socket.destroySoon());
  },
  'breaks off a body with a length': brokenOff({ 'content-length': String(text.length) }, half),
  'announces more than it sends': brokenOff({ 'content-length': String(text.length + 100) }, text),
  'breaks off a chunked body': brokenOff({ 'transfer-encoding': 'chunked' }, rawChunk(Buffer.from(half))),
  'leaves out the last chunk': brokenOff({ 'transfer-encoding': 'chunked' }, rawChunk(Buffer.from(text))),
};

it.each(Object.entries(connectionErrors))(
  'a provider that %s is a 502 and the next target answers',
  async (_name, answer) => {
    const url = await answering(answer);
    const response = await ask(url);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      error: { type: 'connection_error', param: null, message: expect.stringMatching(/\w/) },
    });
    const rescued = await gateway.post('/chat/completions', chat(MODELS.openai, 'Hello'), {
      config: { strategy: { mode: 'fallback' }, targets: [targetAt('openai', url), targetAt('openai', healthy.url)] },
    });
    expect(rescued.status).toBe(200);
    await rescued.body?.cancel();
  },
);

const PAGE = `<!doctype html><html><body>${'Not what you are looking for. '.repeat(40)}</body></html>`;

/** Answers of which nothing can be used: what comes, and what the caller is told. */
const unusable: Readonly<
  Record<string, { answer: Buffer | string | ((socket: Socket) => void); message: string | RegExp }>
> = {
  'a web page': {
    answer: rawAnswer(200, PAGE, { 'content-type': 'text/html' }),
    message: `openai error: ${PAGE.slice(0, 500)}`,
  },
  'half a document': { answer: rawAnswer(200, half), message: `openai error: ${half.slice(0, 500)}` },
  'half a document, ended by the connection': {
    answer: brokenOff({ connection: 'close' }, half),
    message: /^openai error: \{"id"/,
  },
  'a body longer than it says': {
    answer: rawHead(200, { ...json, 'content-length': String(half.length) }) + text,
    message: /^openai error: \{"id"/,
  },
  'nothing at all': { answer: rawAnswer(200, ''), message: /^openai error: / },
  'no content': { answer: rawHead(204, {}), message: /^openai error: |^Invalid response received from openai: / },
  'another shape': { answer: rawAnswer(200, '{"foo":1}'), message: 'Invalid response received from openai: {"foo":1}' },
  'a list': { answer: rawAnswer(200, '[1]'), message: /\[1\]$/ },
  'a number': { answer: rawAnswer(200, '1'), message: /1$/ },
  null: { answer: rawAnswer(200, 'null'), message: /null$/ },
  'an event stream nobody asked for': {
    answer: rawAnswer(200, 'data: {}\n\n', { 'content-type': 'text/event-stream' }),
    message: /^openai error: data: \{\}/,
  },
  'an unknown encoding': { answer: rawAnswer(200, text, { ...json, 'content-encoding': 'rot13' }), message: /\w/ },
  'what is not gzip': { answer: rawAnswer(200, text, { ...json, 'content-encoding': 'gzip' }), message: /\w/ },
  'half a gzip file': {
    answer: rawAnswer(200, gzipSync(text).subarray(0, 60), { ...json, 'content-encoding': 'gzip' }),
    message: /\w/,
  },
  'a small file that unpacks to more than is ever read': {
    answer: rawAnswer(200, gzipSync(Buffer.alloc(65 * 1024 * 1024, ' ')), { ...json, 'content-encoding': 'gzip' }),
    message: /\w/,
  },
};

it.each(Object.entries(unusable))('%s is a 502 that says so', async (_name, { answer, message }) => {
  const response = await ask(await answering(answer));
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(await response.json()).toEqual({
    error: {
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      type: 'invalid_upstream_response',
      param: null,
      code: null,
    },
    provider: 'openai',
  });
});

it.each(['HTTP/9.9 banana\r\n\r\n', 'SSH-2.0-OpenSSH_9.6\r\n', `HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n`])(
  'bytes that are not HTTP are a 502: %j',
  async (bytes) => {
    const response = await ask(await answering(bytes));
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/\w/), param: null } });
  },
);

it('a web page with an error status keeps the status', async () => {
  const response = await ask(await answering(rawAnswer(503, PAGE, { 'content-type': 'text/html' })));
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    error: {
      message: `openai error: ${PAGE.slice(0, 500)}`,
      type: 'invalid_upstream_response',
      param: null,
      code: null,
    },
    provider: 'openai',
  });
});

it.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed: it is a 502', async (status) => {
  const canary = await answering(rawAnswer(200, text));
  const url = await answering(rawAnswer(status, '', { location: `${canary}/chat/completions` }));
  const response = await ask(url);
  expect(response.status).toBe(502);
  expect(response.headers.get('location')).toBeNull();
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_upstream_response' }, provider: 'openai' });
  expect(senders[0]?.requests).toEqual([]);
});

/** Error bodies as they are met in the field. */
const oddErrors: Readonly<Record<string, string | Buffer>> = {
  'no body': '',
  'plain text': 'upstream connect error',
  'a JSON string': '"broken"',
  null: 'null',
  'a list': '[{"error":{"message":"in a list"}}]',
  'an empty object': '{}',
  'an error that is text': '{"error":"broken"}',
  'an error that is null': '{"error":null}',
  'an error without a message': '{"error":{"code":7}}',
  'a detail list': '{"detail":[{"loc":["body"],"msg":"field required"}]}',
  'a message that is no text': '{"error":{"message":{"a":1}}}',
  'half a document': '{"error":{"mess',
  'bytes that are no text': Buffer.of(0xff, 0xfe, 0x00, 0x80),
  'a very long text': 'x'.repeat(300_000),
};

it.each(Object.entries(oddErrors))(
  'an error answer with %s keeps its status and gets the one shape',
  async (_name, body) => {
    const response = await ask(await answering(rawAnswer(500, body)));
    expect(response.status).toBe(500);
    const told = (await response.json()) as { error: { message: string } };
    expect(Object.keys(told).sort()).toEqual(['error', 'provider']);
    expect(Object.keys(told.error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(told.error.message).toMatch(/^openai error: |^Invalid response received from openai: /);
    expect(told.error.message.length).toBeLessThan(1_000);
  },
);

it('headers of more than any answer needs are a 502', async () => {
  const headers = { ...json, 'x-much': 'x'.repeat(128 * 1024) };
  const response = await ask(await answering(rawAnswer(200, text, headers)));
  expect(response.status).toBe(502);
});

it("of the provider's headers the caller sees those that are about the answer, and none that are ours", async () => {
  const headers = {
    ...json,
    connection: 'keep-alive, x-hop',
    'x-hop': 'one',
    'keep-alive': 'timeout=5',
    'set-cookie': ['a=1', 'b=2'],
    'x-portkey-trace-id': 'theirs',
    'x-portkey-provider': 'theirs',
    'x-portkey-anything': 'theirs',
    'x-portkey-gateway-exception': 'true',
    'x-ratelimit-remaining-requests': '7',
    'openai-version': '2020-10-01',
    'x-request-id': 'req_1',
    'retry-after': '3',
  };
  const response = await ask(await answering(rawAnswer(200, text, headers)));
  const seen = Object.fromEntries(response.headers);
  expect(seen).toMatchObject({
    'x-ratelimit-remaining-requests': '7',
    'openai-version': '2020-10-01',
    'x-request-id': 'req_1',
    'retry-after': '3',
    'x-portkey-provider': 'openai',
  });
  expect(seen['x-portkey-trace-id']).not.toBe('theirs');
  for (const name of ['set-cookie', 'x-hop', 'x-portkey-anything', 'x-portkey-gateway-exception']) {
    expect(seen).not.toHaveProperty(name);
  }
  expect(response.headers.get('keep-alive')).not.toBe('timeout=5');
});

it('an error answer hands on how long to wait', async () => {
  const headers = { ...json, 'retry-after': '7', 'set-cookie': 'a=1', 'x-portkey-anything': 'theirs' };
  const response = await ask(await answering(rawAnswer(429, '{"error":{"message":"slow down"}}', headers)));
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(response.headers.get('x-portkey-anything')).toBeNull();
});

it('interim answers are passed over', async () => {
  const interim = 'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n';
  const response = await ask(await answering(Buffer.concat([Buffer.from(interim), rawAnswer(200, text)])));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ id: 'c' });
});

it('another status of success is handed on as it is', async () => {
  const response = await ask(await answering(rawAnswer(201, text)));
  expect(response.status).toBe(201);
});

it('bytes after the answer never become the next answer', async () => {
  const evil = rawAnswer(200, JSON.stringify({ ...completion, id: 'smuggled' }));
  const url = await answering(Buffer.concat([rawAnswer(200, text), evil]));
  for (let call = 0; call < 5; call++) {
    const response = await ask(url);
    const body = await response.text();
    expect(body).not.toContain('smuggled');
  }
});
