import { createServer, type RequestListener } from 'node:http';
import { Secret } from '@portolan/service-kit';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiFailure, renderFailure } from '../failure.ts';
import type { Io } from '../io.ts';
import { path } from './api.ts';
import { baseOf, createClient } from './client.ts';

const KEY = 'pk-never-shown';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

const told: string[] = [];
const io: Io = {
  env: {},
  stdinIsTerminal: false,
  readStdin: async () => '',
  askHidden: async () => '',
  ask: async () => '',
  out: () => {},
  err: (text) => void told.push(text),
  fetch,
  pause: async () => {},
  nowMs: () => 0,
  version: 'test',
};
const client = (url: string, timeoutMs = 5_000) => createClient({ url, key: new Secret(KEY), timeoutMs }, io);

const refusalOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiFailure)) throw new Error('a refusal was expected', { cause: error });
  expect(renderFailure(error)).not.toContain(KEY);
  return error.refusal;
};

describe('the client', () => {
  test('reads all pages of a list', async () => {
    const all = Array.from({ length: 250 }, (_, id) => ({ id }));
    const url = await serve((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const size = Number(query.get('page_size'));
      const from = size * Number(query.get('current_page'));
      response.end(JSON.stringify({ total: all.length, data: all.slice(from, from + size) }));
    });
    expect(await client(url).list('/configs')).toEqual(all);
  });

  test('tries a read again that was refused for a moment, and no write', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.statusCode = calls % 3 === 0 ? 200 : 503;
      response.end('{}');
    });
    expect(await client(url).get('/x')).toEqual({});
    expect(calls).toBe(3);
    expect((await refusalOf(client(url).send('POST', '/x', {}))).status).toBe(503);
    expect(calls).toBe(4);
  });

  test('keeps code, sentence, lines and trace id of a refusal', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(400, { 'x-portkey-trace-id': 't-1' });
      response.end(
        JSON.stringify({
          success: false,
          data: { message: 'No.', errorCode: 'AB01' },
          errors: ['No.', 'name: is missing'],
          error: { message: 'No.', code: 'AB01', type: 'invalid_request_error' },
        }),
      );
    });
    const refusal = await refusalOf(client(url).get('/x'));
    expect(refusal).toMatchObject({ status: 400, code: 'AB01', type: 'invalid_request_error', traceId: 't-1' });
    expect(renderFailure(new ApiFailure(refusal))).toBe(
      'error 400 AB01 invalid_request_error: No.\n  name: is missing\n  trace id t-1\n',
    );
  });

  test('gives up at its deadline, also in the middle of an answer', async () => {
    const url = await serve((_request, response) => {
      response.write('{"half":');
    });
    expect((await refusalOf(client(url, 50).send('POST', '/x'))).code).toBe('no_answer_in_time');
  });

  test('says it when nobody is there', async () => {
    const url = await serve(() => {});
    await closing.pop()?.();
    expect((await refusalOf(client(url).get('/x'))).sentence).toContain('cannot be reached');
  });

  test('never follows a redirect, which would carry the key away', async () => {
    let calls = 0;
    const thief = await serve((_request, response) => {
      calls += 1;
      response.end('{}');
    });
    const url = await serve((_request, response) => response.writeHead(307, { location: thief }).end());
    expect((await refusalOf(client(url).get('/x'))).code).toBe('redirect');
    expect(calls).toBe(0);
  });

  test('what is no platform is told so', async () => {
    const url = await serve((_request, response) => response.end('<html>'));
    expect((await refusalOf(client(url).get('/x'))).sentence).toContain('is this the address of a platform?');
  });

  test('passes on which fields were ignored, once', async () => {
    const url = await serve((_request, response) => response.setHeader('x-portolan-ignored-fields', 'nmae').end('{}'));
    const api = client(url);
    await api.send('PUT', '/x', { nmae: 1 });
    await api.send('PUT', '/y', { nmae: 1 });
    expect(told.filter((line) => line.includes('nmae'))).toHaveLength(1);
  });

  test('a name in a path cannot lead elsewhere', () => {
    expect(path`/configs/${'../api-keys?x'}/versions`).toBe('/configs/..%2Fapi-keys%3Fx/versions');
  });
});

test.each([
  ['http://h:8787', 'http://h:8787'],
  ['http://h/v1/', 'http://h'],
  ['https://h/base/v1', 'https://h/base'],
])('the address %s is %s', (url, base) => {
  expect(baseOf(url)).toBe(base);
});

test.each(['', 'h:1', 'ftp://h', 'https://u:p@h'])('%j is no address', (url) => {
  expect(() => baseOf(url)).toThrow(/address/);
});
