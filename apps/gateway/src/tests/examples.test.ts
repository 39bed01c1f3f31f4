import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configOf, type ExampleWorld, example, llamaIndexBody, startExampleWorld, title } from '../testing/examples.ts';
import { keyOf, routingOf } from '../testing/fleet.ts';

let world: ExampleWorld;

beforeAll(async () => {
  world = await startExampleWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

describe('one provider with an inline key', () => {
  it(`${title('S1')}: the config's key and parameters reach OpenAI, the caller's Authorization does not`, async () => {
    const response = await world.askAt('oai', 'S1', {}, { authorization: 'Bearer sk-callers-own' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toEqual({
      path: 'config',
      retryCount: '0',
      cacheStatus: 'DISABLED',
      provider: 'openai',
    });
    const { headers, body: sent } = world.fleet.onlyRequest('oai');
    expect(headers.authorization).toBe('Bearer sk-1');
    expect(sent).toMatchObject({ ...llamaIndexBody(), model: 'gpt-4o', max_tokens: 64 });
    expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  });

  it(`${title('S1')}: a stream and a text completion work as well`, async () => {
    const stream = await world.askAt('oai', 'S1', { stream: true });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(await stream.text()).toContain('data: [DONE]');
    const completion = await world.gateway.post(
      '/completions',
      { model: 'x', prompt: 'Hello' },
      {
        config: { ...configOf('S1'), override_params: { model: 'gpt-3.5-turbo-instruct' } },
        headers: { 'x-portkey-custom-host': world.fleet.at('oai').url },
      },
    );
    expect(completion.status).toBe(200);
    expect(await completion.json()).toMatchObject({ object: 'text_completion' });
  });

  it(`${title('S2')}: the system message moves to its place, and the answer is plain OpenAI`, async () => {
    const response = await world.askAt('anthropic', 'S2');
    expect(response.status).toBe(200);
    const { headers, body: sent } = world.fleet.onlyRequest('anthropic');
    expect(headers['x-api-key']).toBe('sk-ant-1');
    expect(sent).toMatchObject({ model: 'claude-3-opus-20240229', max_tokens: 64, messages: [{ role: 'user' }] });
    expect(JSON.stringify(sent)).toContain('"system":');
    const answer = await response.json();
    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] });
    expect(JSON.stringify(answer)).not.toContain('content_blocks');
  });

  it(`${title('S3')}: generateContent with its own parameter names, streamed and plain`, async () => {
    const response = await world.askAt('google', 'S3');
    expect(response.status).toBe(200);
    const { path, headers, body: sent } = world.fleet.onlyRequest('google');
    expect(path).toMatch(/models\/gemini-1\.5-flash-latest:generateContent$/);
    expect(headers['x-goog-api-key']).toBe('g-1');
    expect(sent).toMatchObject({ generationConfig: { maxOutputTokens: 64 } });
    world.fleet.reset();
    const stream = await world.askAt('google', 'S3', { stream: true, logit_bias: { '1': 1 } });
    expect(stream.status).toBe(200);
    expect(world.fleet.onlyRequest('google').path).toContain(':streamGenerateContent');
    expect(world.fleet.onlyRequest('google').rawBody).not.toContain('logit');
    await stream.text();
  });

  it(title('S4'), async () => {
    const response = await world.askAt('mistral', 'S4');
    expect(response.status).toBe(200);
    expect(world.fleet.onlyRequest('mistral').headers.authorization).toBe('Bearer mk-1');
    expect(world.fleet.onlyRequest('mistral').body).toMatchObject({ model: 'codestral-latest', max_tokens: 64 });
  });
});

describe('providers that are not available yet', () => {
  it.each([
    ['S5', {}],
    ['S6', {}],
    ['S7', { authorization: 'Bearer ya29.a0example' }],
  ])('%s: the virtual key is found, and its provider is refused as invalid until it exists', async (id, headers) => {
    const response = await world.ask({ config: configOf(id), headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'Invalid provider passed' } });
    expect(routingOf(response)).toMatchObject({ path: 'config', cacheStatus: 'DISABLED' });
    expect(world.fleet.calls()).toEqual({});
  });
});

describe('caches that are not available yet', () => {
  it.each(['S8', 'S9'])(
    '%s: the config is taken, every call reaches the provider, and nothing is cached',
    async (id) => {
      for (let call = 1; call <= 2; call++) {
        const response = await world.askAt('mistral', id);
        expect(response.status).toBe(200);
        expect(routingOf(response)).toMatchObject({ path: 'config', cacheStatus: 'DISABLED' });
        expect(world.fleet.calls()).toEqual({ mistral: call });
      }
    },
  );
});

describe(title('S10'), () => {
  it.each([503, 412])('a %i of the first target leads to the second, and each leaves a record', async (status) => {
    world.fleet.at('openai-prod').script({ status });
    const trace = `s10-${status}`;
    const response = await world.ask({ config: configOf('S10'), headers: { 'x-portkey-trace-id': trace } });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]', provider: 'anthropic' });
    expect(world.fleet.onlyRequest('openai-prod')).toMatchObject({
      headers: { authorization: `Bearer ${keyOf('openai-prod')}` },
      body: { model: 'gpt-4o' },
    });
    expect(world.fleet.onlyRequest('anthropic-prod')).toMatchObject({
      headers: { 'x-api-key': keyOf('anthropic-prod') },
      body: { model: 'claude-3-opus-20240229', max_tokens: 64 },
    });
    const rows = await world.gateway.logRecords(2, ({ traceId }) => traceId === trace);
    expect(rows.map((row) => [row.lastUsedOptionIndex, row.status])).toEqual([
      ['config.targets[0]', status],
      ['config.targets[1]', 200],
    ]);
  });
});

describe(title('S11'), () => {
  it('half of the calls go to either key', async () => {
    for (const [draw, slug] of [
      [0, 'k1'],
      [0.499, 'k1'],
      [0.5, 'k2'],
      [0.999, 'k2'],
    ] as const) {
      world.fleet.reset();
      world.drawAt(draw);
      expect((await world.ask({ config: configOf('S11') })).status).toBe(200);
      expect(world.fleet.calls()).toEqual({ [slug]: 1 });
    }
  });

  it('a failure of the drawn key is the answer', async () => {
    world.fleet.at('k1').script({ status: 500 });
    world.fleet.at('k2').script({ status: 500 });
    const response = await world.ask({ config: configOf('S11') });
    expect(response.status).toBe(500);
    expect(Object.values(world.fleet.calls())).toEqual([1]);
  });
});

describe(title('S12'), () => {
  const limited = { status: 429 };

  it('two refusals and a success are two retries', async () => {
    world.fleet.at('vk').script(limited, limited);
    const response = await world.ask({ config: configOf('S12') });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config', retryCount: '2' });
    expect(world.fleet.calls()).toEqual({ vk: 3 });
  });

  it('six refusals are the end, said with -1', async () => {
    world.fleet.at('vk').script(limited, limited, limited, limited, limited, limited);
    const response = await world.ask({ config: configOf('S12') });
    expect(response.status).toBe(429);
    expect(routingOf(response)).toMatchObject({ retryCount: '-1' });
    expect(world.fleet.calls()).toEqual({ vk: 6 });
  });
});

describe(title('S13'), () => {
  const config = (request_timeout: number) => ({ ...configOf('S13'), request_timeout });

  it('each target has its own time: the second answers after the first was too slow', async () => {
    world.fleet.at('open-ai-xxx').script({ silent: true });
    const response = await world.ask({ config: config(400) });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
  });

  it('when both are too slow the answer is the timeout, exactly', async () => {
    world.fleet.at('open-ai-xxx').script({ silent: true });
    world.fleet.at('azure-open-ai-xxx').script({ silent: true });
    const response = await world.ask({ config: config(60) });
    expect(response.status).toBe(408);
    expect(await response.json()).toEqual({
      error: {
        message: 'Request exceeded the timeout sent in the request: 60ms',
        type: 'timeout_error',
        param: null,
        code: null,
      },
    });
  });
});

it(`${title('S14')}: three pairs of text are kept, and the saved config is used`, async () => {
  const { request } = example('S14');
  const response = await world.ask({ headers: { ...request?.headers, 'x-portkey-trace-id': 's14' } });
  expect(response.status).toBe(200);
  const [row] = await world.gateway.logRecords(1, ({ traceId }) => traceId === 's14');
  expect(row?.metadata).toEqual({ _user: 'USER_ID', environment: 'production', session_id: '1729' });
  expect(row?.config).toBe('pc-xxxx');
});

it(`${title('S15')}: is echoed, and stands on the records of all targets`, async () => {
  world.fleet.at('openai-prod').script({ status: 503 });
  const { request } = example('S15');
  const response = await world.ask({ config: configOf('S10'), headers: request?.headers ?? {} });
  expect(response.headers.get('x-portkey-trace-id')).toBe('YOUR_TRACE_ID_HERE');
  expect(await world.gateway.logRecords(2, ({ traceId }) => traceId === 'YOUR_TRACE_ID_HERE')).toHaveLength(2);
});

it(`${title('S16')}: is the control plane's, without one it is an error and reaches no provider`, async () => {
  const response = await world.gateway.post('/feedback', example('S16').request?.body ?? {});
  expect(response.status).toBe(501);
  expect(response.headers.get('x-portkey-trace-id')).toBeTruthy();
  expect(await response.json()).toMatchObject({ error: { type: 'unsupported_endpoint' } });
  expect(world.fleet.calls()).toEqual({});
});
