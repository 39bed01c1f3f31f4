import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { type RawUpstream, rawAnswer, startRawUpstream } from '../testing/raw-upstream.ts';
import { type GatewayUnderTest, type PostOptions, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;
/** Answers with what the next test wants. */
let raw: RawUpstream;
let rawBytes: Buffer = rawAnswer(200, '{}');

beforeAll(async () => {
  fleet = await startFleet({
    one: 'openai',
    two: 'openai',
    anth: 'anthropic',
    google: 'google',
    mistral: 'mistral-ai',
  });
  raw = await startRawUpstream((_request, socket) => void socket.write(rawBytes));
  gateway = await startGateway({
    virtualKeys: fleet.virtualKeys,
    configs: { 'pc-known': { virtual_key: 'one' } },
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([fleet.close(), raw.close()]);
});
beforeEach(() => fleet.reset());

const body = (rest: object = {}) => ({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...rest });
const ask = (options: PostOptions, rest: object = {}) => gateway.post('/chat/completions', body(rest), options);

/** Headers of every error, routed or not. */
const identified = (response: Response): Response => {
  expect(response.headers.get('content-type')).toBe('application/json');
  for (const name of ['x-portkey-trace-id', 'x-portkey-request-id'])
    expect(response.headers.get(name), name).toBeTruthy();
  return response;
};

/** Of errors at a target. */
const routed = (response: Response): Response => {
  for (const [name, value] of Object.entries(routingOf(identified(response)))) expect(value, name).not.toBeNull();
  return response;
};

const outcome = async (response: Response) => ({ status: response.status, body: await response.json() });

it('what the router itself refuses looks like every refusal', async () => {
  const response = identified(await fetch(new URL('/v1/prompts/%zz/render', gateway.url), { method: 'POST' }));
  expect(await outcome(response)).toMatchObject({
    status: 400,
    body: { status: 'failure', error: { type: 'invalid_request_error' } },
  });
});

describe('before routing', () => {
  const refused = async (options: PostOptions, rest?: object) => {
    const response = identified(await ask(options, rest));
    expect(response.headers.get('x-portkey-last-used-option-index')).toBeNull();
    expect(response.headers.get('x-portkey-gateway-exception')).toBeNull();
    expect(fleet.calls()).toEqual({});
    return outcome(response);
  };
  const config = (message: string) => ({
    status: 400,
    body: {
      status: 'failure',
      message,
      error: { message, type: 'invalid_config', param: 'x-portkey-config', code: null },
    },
  });

  it.each(['{bad', 'nonsense', '[]', '"text"', '17', 'null', 'pc', 'PC-known'])(
    'the config %s is neither JSON object nor slug',
    async (text) => {
      expect(await refused({ config: text })).toEqual(config('Invalid config passed. You need to pass a valid json'));
    },
  );

  it.each(['pc-unknown', 'pc-', 'pc-../keys', 'pc-known.json', 'pc-__proto__'])(
    'the slug %s is of no config',
    async (slug) => {
      expect(await refused({ config: slug })).toEqual(config('Invalid config id passed'));
    },
  );

  it('an invalid config names every problem by its path', async () => {
    const { status, body: answer } = await refused({ config: { strategy: { mode: 'zzz' }, targets: [{ retry: {} }] } });
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      status: 'failure',
      message: 'Invalid config passed',
      error: { type: 'invalid_config' },
    });
    const { errors } = answer as { errors: string[] };
    expect(errors[0]).toMatch(/^path: strategy,mode, message: /);
    expect(errors.length).toBeGreaterThan(1);
  });

  it.each<[string, object]>([
    ['no target', { strategy: { mode: 'fallback' }, targets: [] }],
    ['a strategy without targets', { strategy: { mode: 'fallback' } }],
    ['targets without a strategy', { targets: [{ virtual_key: 'one' }] }],
    ['the old format', { mode: 'single', options: [{ provider: 'openai' }] }],
    ['nothing that could be used', {}],
    ['nothing but a provider', { provider: 'openai' }],
  ])('%s is no valid config', async (_what, bad) => {
    const { status, body: answer } = await refused({ config: bad });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ status: 'failure', error: { type: 'invalid_config', code: null } });
  });
});

describe('at a target', () => {
  const target = (rest: object = {}) => ({ provider: 'openai', api_key: 'K', ...rest });
  const ownError = (message: string, type: string, code: string | null = null) => ({
    error: { message, type, param: null, code },
  });

  it('a request timeout has exactly one body, without a provider', async () => {
    fleet.at('one').script({ silent: true });
    const response = routed(
      await ask({ config: { virtual_key: 'one' }, headers: { 'x-portkey-request-timeout': '40' } }),
    );
    expect(await outcome(response)).toEqual({
      status: 408,
      body: ownError('Request exceeded the timeout sent in the request: 40ms', 'timeout_error'),
    });
  });

  it('a provider that cannot be reached is named, its address is not', async () => {
    const response = routed(await ask({ config: target({ custom_host: 'http://127.0.0.1:9/secret-path/v1' }) }));
    expect(await outcome(response)).toEqual({
      status: 502,
      body: ownError('Could not connect to openai', 'connection_error', 'ECONNREFUSED'),
    });
  });

  it('a provider that resets the connection', async () => {
    fleet.at('one').script({ reset: true });
    const { status, body: answer } = await outcome(routed(await ask({ config: { virtual_key: 'one' } })));
    expect(status).toBe(502);
    expect(answer).toMatchObject({ error: { message: 'Could not connect to openai', type: 'connection_error' } });
  });

  it('a provider that says nothing, where no timeout is set', async () => {
    const impatient = await startGateway({
      virtualKeys: fleet.virtualKeys,
      env: { GATEWAY_UPSTREAM_TIMEOUT_MS: '40' },
    });
    fleet.at('one').script({ silent: true });
    const response = routed(await impatient.post('/chat/completions', body(), { config: { virtual_key: 'one' } }));
    expect(await outcome(response)).toEqual({
      status: 504,
      body: ownError('openai did not answer in time', 'upstream_timeout'),
    });
    await impatient.close();
  });

  it('an endpoint that the provider does not have is an exception of the gateway', async () => {
    const response = routed(
      await gateway.post('/embeddings', { model: 'x', input: 'a' }, { config: { virtual_key: 'anth' } }),
    );
    expect(response.headers.get('x-portkey-gateway-exception')).toBe('true');
    expect(await outcome(response)).toEqual({
      status: 501,
      body: ownError('embed is not supported by anthropic', 'unsupported_endpoint'),
    });
  });

  it('a passthrough target without a provider', async () => {
    const { status, body: answer } = await outcome(identified(await ask({ config: { passthrough: true } })));
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { type: 'passthrough_unresolved' } });
  });

  describe('an answer that is none', () => {
    const answering = async (status: number, text: string, headers?: Record<string, string>) => {
      rawBytes = rawAnswer(status, text, headers);
      return outcome(routed(await ask({ config: target({ custom_host: raw.url }) })));
    };
    const invalid = (message: string) => ({
      ...ownError(message, 'invalid_upstream_response'),
      provider: 'openai',
    });
    const page = `<html>${'x'.repeat(600)}</html>`;
    const html = { 'content-type': 'text/html' };

    it.each([200, 201])('a web page with %i is a 502 with its beginning', async (status) => {
      expect(await answering(status, page, html)).toEqual({
        status: 502,
        body: invalid(`openai error: ${page.slice(0, 500)}`),
      });
    });

    it.each([404, 503])('a web page with %i keeps its status', async (status) => {
      expect(await answering(status, page, html)).toEqual({
        status,
        body: invalid(`openai error: ${page.slice(0, 500)}`),
      });
    });

    it.each(['{"choices":', '[]', '"text"', ''])('%j with 200 is a 502', async (text) => {
      const { status, body: answer } = await answering(200, text);
      expect(status).toBe(502);
      expect(answer).toMatchObject({ error: { type: 'invalid_upstream_response' }, provider: 'openai' });
    });

    it('JSON of another shape with 200 is a 502 that shows it', async () => {
      const text = '{"hello":"world"}';
      expect(await answering(200, text)).toEqual({
        status: 502,
        body: invalid(`Invalid response received from openai: ${text}`),
      });
    });

    it('JSON of another shape with an error status keeps the status', async () => {
      const text = '{"hello":"world"}';
      expect(await answering(418, text)).toMatchObject({
        status: 418,
        body: {
          error: { message: `Invalid response received from openai: ${text}`, type: null, param: null, code: null },
          provider: 'openai',
        },
      });
    });

    it.each([301, 302, 307, 308])('a redirect (%i) is not followed', async (status) => {
      const elsewhere = { location: fleet.at('two').url, 'content-type': 'text/plain' };
      expect(await answering(status, '', elsewhere)).toMatchObject({
        status: 502,
        body: { error: { type: 'invalid_upstream_response' } },
      });
      expect(fleet.calls()).toEqual({});
    });

    it('a body that is no HTTP is a 502', async () => {
      rawBytes = Buffer.from('SSH-2.0-OpenSSH_9.6\r\n');
      const { status, body: answer } = await outcome(await ask({ config: target({ custom_host: raw.url }) }));
      expect(status).toBe(502);
      expect(JSON.stringify(answer)).not.toContain('127.0.0.1');
    });
  });
});

describe("a provider's own error", () => {
  const models = {
    one: 'gpt-4o-mini',
    anth: 'claude-haiku-4-5',
    google: 'gemini-2.5-flash',
    mistral: 'mistral-small-latest',
  };
  const names = { one: 'openai', anth: 'anthropic', google: 'google', mistral: 'mistral-ai' };

  it.each(Object.keys(models) as (keyof typeof models)[])(
    'of %s keeps its status and its words, and names the provider',
    async (slug) => {
      for (const status of [400, 401, 429, 503]) {
        fleet.reset();
        fleet.at(slug).script({ status, message: 'because of that' });
        const response = routed(await ask({ config: { virtual_key: slug } }, { model: models[slug] }));
        const { status: seen, body: answer } = await outcome(response);
        expect(seen).toBe(status);
        expect(answer).toMatchObject({
          error: { message: `${names[slug]} error: because of that` },
          provider: names[slug],
        });
        expect(Object.keys((answer as { error: object }).error).sort()).toEqual(['code', 'message', 'param', 'type']);
        expect(answer).not.toHaveProperty('status');
        expect(response.headers.get('x-portkey-gateway-exception')).toBeNull();
      }
    },
  );

  it.each(Object.keys(models) as (keyof typeof models)[])('of %s is never streamed', async (slug) => {
    fleet.at(slug).script({ status: 401 });
    const response = routed(await ask({ config: { virtual_key: slug } }, { model: models[slug], stream: true }));
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ provider: names[slug] });
  });

  it('is copied field by field where the provider has them', async () => {
    const own = { message: 'too hot', type: 'invalid_request_error', param: 'temperature', code: 'out_of_range' };
    rawBytes = rawAnswer(422, JSON.stringify({ error: own }));
    const response = await ask({ config: { provider: 'openai', api_key: 'K', custom_host: raw.url } });
    expect(await outcome(response)).toEqual({
      status: 422,
      body: { error: { ...own, message: 'openai error: too hot' }, provider: 'openai' },
    });
  });

  it('after retries is the last one, said to be given up', async () => {
    fleet.at('one').script({ status: 429, message: 'first' }, { status: 429, message: 'second' });
    const response = routed(await ask({ config: { virtual_key: 'one', retry: { attempts: 1 } } }));
    expect(routingOf(response).retryCount).toBe('-1');
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await outcome(response)).toMatchObject({
      status: 429,
      body: { error: { message: 'openai error: second' }, provider: 'openai' },
    });
    expect(fleet.calls()).toEqual({ one: 2 });
  });
});
