import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rehearsal, startRehearsal } from './server.ts';

let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await startRehearsal();
});

afterAll(() => rehearsal.close());

const chat = (options: string, more: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${rehearsal.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model: `rehearsal:${options}`,
      messages: [{ role: 'user', content: 'Hello there' }],
      ...more,
    }),
    ...init,
  });

const stream = async (options: string): Promise<string[]> =>
  (await (await chat(options, { stream: true })).text())
    .split('\n\n')
    .flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []));

/** What arrives before the connection breaks. */
const untilBroken = async (response: Response): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    return text;
  }
  throw new Error('the connection did not break');
};

test('a status comes with its error body and its retry-after', async () => {
  const response = await chat('status=503,retry-after=7');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('7');
  expect(await response.json()).toMatchObject({ error: { type: 'server_error' } });
});

test('faults end after as many calls as asked, for every caller on its own', async () => {
  const statuses = async (user: string) => {
    const seen: number[] = [];
    for (let call = 0; call < 3; call++) seen.push((await chat('status=503,times=2', { user })).status);
    return seen;
  };
  expect(await statuses('a')).toEqual([503, 503, 200]);
  expect(await statuses('b')).toEqual([503, 503, 200]);
});

test('the text comes in as many pieces as asked, and pacing keeps all of them', async () => {
  const events = await stream('chunks=50,pace=1,delay=1,first-token=1');
  expect(events.filter((event) => event.includes('"content":"') && !event.includes('"role"'))).toHaveLength(50);
  expect(events.at(-1)).toBe('[DONE]');
});

test('a stream is cut after as many events as asked', async () => {
  const text = await untilBroken(await chat('cut=3', { stream: true }));
  expect(text.match(/data: /g)).toHaveLength(3);
});

test('a cut at zero still sends the headers', async () => {
  const response = await chat('cut=0', { stream: true });
  expect(response.status).toBe(200);
  expect(await untilBroken(response)).toBe('');
});

test('a plain answer is cut in its middle', async () => {
  const response = await chat('cut=1');
  const text = await untilBroken(response);
  expect(text.length).toBeGreaterThan(0);
  expect(() => JSON.parse(text)).toThrow();
});

test('a stalled stream gives its events and then nothing, while others are served', async () => {
  const leave = new AbortController();
  const response = await chat('stall=2', { stream: true }, { signal: leave.signal });
  const reader = response.body?.getReader();
  let text = '';
  while ((text.match(/\n\n/g)?.length ?? 0) < 2) {
    const read = await reader?.read();
    if (read?.done !== false) throw new Error('the stream ended');
    text += new TextDecoder().decode(read.value);
  }
  let more = false;
  const next = reader?.read().then(
    () => {
      more = true;
    },
    () => undefined,
  );
  expect((await chat('')).status).toBe(200);
  expect(more).toBe(false);
  leave.abort();
  await next;
});

test('a silent call gets no headers, while others are served', async () => {
  const leave = new AbortController();
  let answered = false;
  const silent = chat('silent', {}, { signal: leave.signal }).then(
    () => {
      answered = true;
    },
    () => undefined,
  );
  expect((await chat('')).status).toBe(200);
  expect(answered).toBe(false);
  leave.abort();
  await silent;
});

test('a reset call fails before any header', async () => {
  await expect(chat('reset')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
});

test.each([0, 2])('event %i of a stream is an error and the last one', async (at) => {
  const events = await stream(`error-event=${at}`);
  expect(events).toHaveLength(at + 1);
  expect(JSON.parse(events[at] ?? '')).toMatchObject({ error: { type: 'server_error' } });
});

test('a malformed event stands among good ones', async () => {
  const events = await stream('malformed=2');
  expect(() => JSON.parse(events[2] ?? '')).toThrow(SyntaxError);
  expect(JSON.parse(events[3] ?? '')).toMatchObject({ object: 'chat.completion.chunk' });
  expect(events.at(-1)).toBe('[DONE]');
});

test.each(['malformed=0', 'html'])('a plain answer with %s is a 200 that is not JSON', async (options) => {
  const response = await chat(options);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test('the end mark can be missing', async () => {
  const events = await stream('no-done');
  expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
});

test('an error can be a web page', async () => {
  const response = await chat('html,status=502');
  expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
});

test('a compressed answer is the same answer, plain and streamed', async () => {
  const response = await chat('gzip');
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  expect((await stream('gzip')).at(-1)).toBe('[DONE]');
});

test('a redirect is followed to a normal answer by those who follow it', async () => {
  const stayed = await chat('redirect', {}, { redirect: 'manual' });
  expect([stayed.status, stayed.headers.get('location')]).toEqual([307, '/v1/chat/completions?redirected=1']);
  expect(await (await chat('redirect')).json()).toMatchObject({ object: 'chat.completion' });
});

test('a length that lies leaves half a document', async () => {
  const response = await chat('short-length');
  const announced = Number(response.headers.get('content-length'));
  const text = await response.text().catch(() => '');
  expect(announced).toBeGreaterThan(0);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});
