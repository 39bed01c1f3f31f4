import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../testing/fleet.ts';
import { type RawReply, rawClient } from '../testing/raw-client.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

const BODY_LIMIT = 1024 * 1024;

let fleet: Fleet;
let gateway: GatewayUnderTest;
/** Waits for slow clients only shortly. */
let impatient: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai' });
  gateway = await startGateway({
    virtualKeys: fleet.virtualKeys,
    env: { GATEWAY_BODY_LIMIT_BYTES: String(BODY_LIMIT) },
  });
  impatient = await startGateway({
    env: { GATEWAY_CLIENT_HEADERS_TIMEOUT_MS: '100', GATEWAY_CLIENT_BODY_TIMEOUT_MS: '150' },
  });
});
afterAll(async () => {
  await Promise.all([gateway.close(), impatient.close()]);
  await fleet.close();
});
beforeEach(() => fleet.reset());

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

const request = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(`${gateway.url.replace('/v1', '')}${path}`, {
    ...init,
    headers: { 'x-portkey-api-key': gateway.key, 'x-portkey-provider': '@one', ...init.headers },
  });

const post = (path: string, body: string | Uint8Array | undefined, headers: Record<string, string> = {}) =>
  request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });

interface ErrorAnswer {
  readonly status: string;
  readonly message: string;
  readonly error: Readonly<Record<'message' | 'type' | 'param' | 'code', string | null>>;
}

/** What every error of the gateway has; @returns its body */
const errorOf = async (response: Response): Promise<ErrorAnswer> => {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  for (const name of ['x-portkey-trace-id', 'x-portkey-request-id'])
    expect(response.headers.get(name), name).toBeTruthy();
  const body = (await response.json()) as ErrorAnswer;
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error.message).toBe(body.message);
  return body;
};

const COMPLETIONS = '/v1/chat/completions';

describe('paths', () => {
  it.each([
    COMPLETIONS,
    `${COMPLETIONS}/`,
    '/v1/v1/chat/completions',
    '/v1/v1/chat/completions/',
    `${COMPLETIONS}?api-version=1`,
  ])('%s is a chat completion', async (path) => {
    expect((await post(path, JSON.stringify(chat))).status).toBe(200);
    expect(fleet.onlyRequest('one').path).toBe('/v1/chat/completions');
  });

  it('a path outside /v1 is not found, in the form that old clients read and in ours', async () => {
    for (const path of ['/chat/completions', '/v2/chat/completions', '/admin', '/%00']) {
      const response = await post(path, JSON.stringify(chat));
      expect(response.status, path).toBe(404);
      const body = await errorOf(response);
      expect(body).toMatchObject({ message: 'Not Found', ok: false, error: { type: 'not_found', code: null } });
    }
    expect(fleet.calls()).toEqual({});
  });

  it('PATCH is not a method of any path', async () => {
    for (const path of [COMPLETIONS, '/v1/anything']) {
      const response = await request(path, { method: 'PATCH' });
      expect(response.status).toBe(405);
      expect((await errorOf(response)).error.type).toBe('method_not_allowed');
    }
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s on a path that takes POST is an error and reaches nobody', async (method) => {
    const response = await request(COMPLETIONS, { method });
    expect([404, 405]).toContain(response.status);
    await errorOf(response);
    expect(fleet.calls()).toEqual({});
  });

  it('a greeting stands at the root', async () => {
    const response = await request('/');
    expect([response.status, await response.text()]).toEqual([200, 'AI Gateway says hey!']);
  });
});

describe('?pretty', () => {
  const isIndented = async (response: Response): Promise<boolean> => {
    const text = await response.text();
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    return text === JSON.stringify(JSON.parse(text), null, 2) && text.includes('\n  "');
  };

  it('indents answers and errors, and only when asked', async () => {
    expect(await isIndented(await post(`${COMPLETIONS}?pretty`, JSON.stringify(chat)))).toBe(true);
    expect(await isIndented(await post(`${COMPLETIONS}?a=b&pretty=1`, JSON.stringify(chat)))).toBe(true);
    expect(await isIndented(await post(COMPLETIONS, JSON.stringify(chat)))).toBe(false);
    expect(await isIndented(await post(`${COMPLETIONS}?pretty`, '{bad'))).toBe(true);
  });

  it('also those of paths that do not exist', async () => {
    expect(await isIndented(await post('/nowhere?pretty', '{}'))).toBe(true);
  });

  it('leaves a stream as it is', async () => {
    const response = await post(`${COMPLETIONS}?pretty`, JSON.stringify({ ...chat, stream: true }));
    expect(await response.text()).toMatch(/^data: \{"/);
  });
});

describe('bodies', () => {
  const refused = async (body: string | Uint8Array | undefined, headers: Record<string, string> = {}) => {
    const response = await post(COMPLETIONS, body, headers);
    expect(response.status).toBe(400);
    expect(fleet.calls()).toEqual({});
    const { message, error } = await errorOf(response);
    expect(error.type).toBe('invalid_request_error');
    return { message, param: error.param };
  };

  it.each(['{bad', '{"model":"x",}', "{'model':'x'}", '{"a":1}{"b":2}', 'NaN', ''])(
    '%j is not valid JSON',
    async (body) => {
      expect(await refused(body)).toEqual({ message: 'Request body is not valid JSON', param: null });
    },
  );

  it('bytes that are no UTF-8 are not valid JSON', async () => {
    const bytes = Buffer.from('{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\xe9"}]}', 'latin1');
    expect((await refused(bytes)).message).toBe('Request body is not valid JSON');
  });

  it.each(['[]', '[{"model":"x"}]', 'null', '"text"', '17', 'true'])('%s is no object', async (body) => {
    expect((await refused(body)).message).toBeTruthy();
  });

  it.each<[object, string]>([
    [{ model: 7 }, 'model'],
    [{ stream: 'true' }, 'stream'],
    [{ messages: 'Hello' }, 'messages'],
    [{ messages: {} }, 'messages'],
    [{ stream_options: true }, 'stream_options'],
  ])('%j: what the gateway acts on must have its type', async (rest, param) => {
    expect((await refused(JSON.stringify({ ...chat, ...rest }))).param).toBe(param);
  });

  it('what the gateway does not act on is left to the provider', async () => {
    const response = await post(COMPLETIONS, JSON.stringify({ ...chat, temperature: 'hot' }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ provider: 'openai' });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    'content type %s is refused',
    async (type) => {
      expect((await refused(JSON.stringify(chat), { 'content-type': type })).message).toBe(
        'Invalid content type passed',
      );
    },
  );

  it('parameters of the content type are no matter', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
      fleet.reset();
      expect((await post(COMPLETIONS, JSON.stringify(chat), { 'content-type': type })).status).toBe(200);
    }
  });

  it('a request without any body is refused as well', async () => {
    const client = await rawClient(gateway.url);
    client.write(
      `POST ${COMPLETIONS} HTTP/1.1\r\nhost: x\r\nx-portkey-api-key: ${gateway.key}\r\nx-portkey-provider: @one\r\ncontent-length: 0\r\n\r\n`,
    );
    expect((await client.reply()).status).toBe(400);
    client.close();
    expect(fleet.calls()).toEqual({});
  });
});

describe('sizes', () => {
  const sized = (bytes: number): string => {
    const frame = JSON.stringify({ ...chat, user: '' }).length;
    return JSON.stringify({ ...chat, user: 'u'.repeat(bytes - frame) });
  };

  it('a body of just the limit is taken', async () => {
    expect((await post(COMPLETIONS, sized(BODY_LIMIT))).status).toBe(200);
  });

  it('a larger one is refused, before anybody asks for the key', async () => {
    const response = await post(COMPLETIONS, sized(BODY_LIMIT + 1), { 'x-portkey-api-key': 'unknown' });
    expect(response.status).toBe(413);
    const { message, error } = await errorOf(response);
    expect([message, error.type]).toEqual(['Payload size exceeds the limit of 1MB', 'request_too_large']);
  });

  it('without a declared length it is counted while it comes', async () => {
    const client = await rawClient(gateway.url);
    const chunk = 'x'.repeat(256 * 1024);
    client.write(`${head()}transfer-encoding: chunked\r\n\r\n`);
    for (let at = 0; at < 5; at++) client.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    expect((await client.reply()).status).toBe(413);
    client.close();
  });

  it('a config of many kilobytes fits into the headers', async () => {
    const config = JSON.stringify({ virtual_key: 'one', override_params: { user: 'u'.repeat(40_000) } });
    expect((await post(COMPLETIONS, JSON.stringify(chat), { 'x-portkey-config': config })).status).toBe(200);
  });
});

/** Request line and headers that are right, without the blank line. */
const head = (): string =>
  [
    `POST ${COMPLETIONS} HTTP/1.1`,
    'host: gateway',
    `x-portkey-api-key: ${gateway.key}`,
    'x-portkey-provider: @one',
    'content-type: application/json',
    '',
  ].join('\r\n');

const length = (text: string): string => `content-length: ${Buffer.byteLength(text)}`;

describe('what is no proper HTTP is answered on the socket, and the connection ends', () => {
  const exchange = async (text: string, url = gateway.url): Promise<RawReply> => {
    const client = await rawClient(url);
    client.write(text);
    const reply = await client.reply();
    await client.closed();
    client.close();
    const { headers } = reply;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      connection: 'close',
      'x-portkey-trace-id': expect.stringMatching(/.+/),
      'x-portkey-request-id': expect.stringMatching(/.+/),
    });
    const body = JSON.parse(reply.text) as ErrorAnswer;
    expect(body).toMatchObject({ status: 'failure', error: { message: body.message } });
    expect(fleet.calls()).toEqual({});
    return reply;
  };

  it('headers of more than 64 KiB', async () => {
    const reply = await exchange(`${head()}x-large: ${'x'.repeat(65 * 1024)}\r\n\r\n`);
    expect(reply.status).toBe(431);
    expect(reply.text).toContain('64KB');
  });

  it('headers that do not come to an end', async () => {
    expect((await exchange(head(), impatient.url)).status).toBe(408);
  });

  it('a body that does not come to an end', async () => {
    expect((await exchange(`${head()}content-length: 100\r\n\r\n{"model":`, impatient.url)).status).toBe(408);
  });

  it('a length and a transfer encoding at once', async () => {
    const text = JSON.stringify(chat);
    const reply = await exchange(`${head()}${length(text)}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`);
    expect(reply.status).toBe(400);
  });

  it('two lengths', async () => {
    expect((await exchange(`${head()}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)).status).toBe(400);
  });

  it('no request at all', async () => {
    expect((await exchange('nonsense\r\n\r\n')).status).toBe(400);
  });

  it('a header line without a colon, or with a space before it', async () => {
    expect((await exchange(`${head()}broken\r\n\r\n`)).status).toBe(400);
    expect((await exchange(`${head()}x-a : 1\r\n\r\n`)).status).toBe(400);
  });

  it('a chunk size that is no number', async () => {
    expect((await exchange(`${head()}transfer-encoding: chunked\r\n\r\nzz\r\n`)).status).toBe(400);
  });
});

describe('headers that decide something and come twice', () => {
  it.each(['authorization', 'x-portkey-api-key', 'x-portkey-config', 'content-type'])('%s', async (name) => {
    const text = JSON.stringify(chat);
    const client = await rawClient(gateway.url);
    const twice = name === 'authorization' ? `${name}: a\r\n${name}: b\r\n` : `${name}: {}\r\n${name}: {}\r\n`;
    const only = head()
      .split('\r\n')
      .filter((line) => !line.startsWith(name))
      .join('\r\n');
    client.write(`${only}${twice}${length(text)}\r\n\r\n${text}`);
    const reply = await client.reply();
    client.close();
    expect([400, 401]).toContain(reply.status);
    expect(fleet.calls()).toEqual({});
  });

  it('an API key that comes twice is told apart from one that is wrong', async () => {
    const text = JSON.stringify(chat);
    const client = await rawClient(gateway.url);
    client.write(`${head()}x-portkey-api-key: ${gateway.key}\r\n${length(text)}\r\n\r\n${text}`);
    const reply = await client.reply();
    client.close();
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toMatchObject({
      message: "The header 'x-portkey-api-key' was sent twice",
      error: { type: 'invalid_request_error', param: 'x-portkey-api-key' },
    });
  });
});

it('a connection serves one call after another, errors in between', async () => {
  const client = await rawClient(gateway.url);
  const call = (text: string) => client.write(`${head()}${length(text)}\r\n\r\n${text}`);
  const statuses: number[] = [];
  for (const text of [JSON.stringify(chat), '{bad', JSON.stringify(chat)]) {
    call(text);
    statuses.push((await client.reply()).status);
  }
  client.close();
  expect(statuses).toEqual([200, 400, 200]);
});
