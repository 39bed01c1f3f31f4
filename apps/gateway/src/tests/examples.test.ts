import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Fleet, keyOf, routingOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, type PostOptions, startGateway } from '../testing/start-gateway.ts';

interface Example {
  readonly id: string;
  readonly title: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly source?: 'inline' | 'saved';
  readonly errorsBegin?: readonly string[];
  readonly choices?: readonly { readonly facts: Facts; readonly expect: number }[];
  readonly request?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: object };
}

interface Facts {
  readonly metadata: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The worked examples of the config's contract; the schema's own tests read the same rows. */
const examples = JSON.parse(
  readFileSync(new URL('../../../../libs/config-schema/src/__fixtures__/examples.json', import.meta.url), 'utf8'),
) as readonly Example[];

const example = (id: string): Example => {
  const found = examples.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no example ${id}`);
  return found;
};

const configOf = (id: string): Readonly<Record<string, unknown>> => {
  const { config } = example(id);
  if (config === undefined) throw new Error(`example ${id} has no config`);
  return config;
};

const fleetOf = {
  'openai-prod': 'openai',
  'anthropic-prod': 'anthropic',
  k1: 'openai',
  k2: 'openai',
  vk: 'openai',
  'open-ai-xxx': 'openai',
  'azure-open-ai-xxx': 'openai',
  'oai-eu': 'openai',
  'azure-eu': 'openai',
  anthropic: 'anthropic',
  anth: 'anthropic',
  oai: 'openai',
  azure: 'openai',
  a: 'openai',
  b: 'openai',
  private: 'openai',
  'team-a': 'openai',
  backup: 'openai',
  google: 'google',
  mistral: 'mistral-ai',
} as const;

/** Providers whose adapters come later. */
const laterKeys = {
  'azure-prod': { provider: 'azure-openai', api_key: 'az-1', settings: { resource_name: 'r', deployment_id: 'd' } },
  'bedrock-prod': { provider: 'bedrock', settings: { aws_region: 'us-east-1' } },
  'vertex-prod': { provider: 'vertex-ai', settings: { vertex_project_id: 'p-1', vertex_region: 'us-central1' } },
};

let fleet: Fleet;
let gateway: GatewayUnderTest;
/** What the next draws are, where a test wants to know. */
let drawAt: number | undefined;

beforeAll(async () => {
  fleet = await startFleet(fleetOf);
  const random = Math.random;
  gateway = await startGateway({
    random: () => drawAt ?? random(),
    virtualKeys: { ...fleet.virtualKeys, ...laterKeys },
    configs: {
      'pc-conditional': configOf('E2'),
      'pc-sticky': configOf('E3'),
      'pc-breaker': configOf('E4'),
      'pc-xxxx': { virtual_key: 'oai' },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => {
  fleet.reset();
  drawAt = undefined;
});
afterEach(() => vi.restoreAllMocks());

/** What LlamaIndex posts. */
const body = (rest: object = {}) => ({
  model: 'gpt-3.5-turbo',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ],
  temperature: 0.1,
  stream: false,
  ...rest,
});

const ask = (options: PostOptions, rest: object = {}) => gateway.post('/chat/completions', body(rest), options);

/** The example's own config, sent to the stand-in of a slug. */
const askAt = (slug: keyof typeof fleetOf, id: string, rest: object = {}, headers: Record<string, string> = {}) =>
  ask({ config: configOf(id), headers: { 'x-portkey-custom-host': fleet.at(slug).url, ...headers } }, rest);

const title = (id: string): string => `${id} ${example(id).title}`;

describe('one provider with an inline key', () => {
  it(`${title('S1')}: the config's key and parameters reach OpenAI, the caller's Authorization does not`, async () => {
    const response = await askAt('oai', 'S1', {}, { authorization: 'Bearer sk-callers-own' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toEqual({
      path: 'config',
      retryCount: '0',
      cacheStatus: 'DISABLED',
      provider: 'openai',
    });
    const { headers, body: sent } = fleet.onlyRequest('oai');
    expect(headers.authorization).toBe('Bearer sk-1');
    expect(sent).toMatchObject({ ...body(), model: 'gpt-4o', max_tokens: 64 });
    expect(await response.json()).toMatchObject({ object: 'chat.completion' });
  });

  it(`${title('S1')}: a stream and a text completion work as well`, async () => {
    const stream = await askAt('oai', 'S1', { stream: true });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(await stream.text()).toContain('data: [DONE]');
    const completion = await gateway.post(
      '/completions',
      { model: 'x', prompt: 'Hello' },
      {
        config: { ...configOf('S1'), override_params: { model: 'gpt-3.5-turbo-instruct' } },
        headers: { 'x-portkey-custom-host': fleet.at('oai').url },
      },
    );
    expect(completion.status).toBe(200);
    expect(await completion.json()).toMatchObject({ object: 'text_completion' });
  });

  it(`${title('S2')}: the system message moves to its place, and the answer is plain OpenAI`, async () => {
    const response = await askAt('anthropic', 'S2');
    expect(response.status).toBe(200);
    const { headers, body: sent } = fleet.onlyRequest('anthropic');
    expect(headers['x-api-key']).toBe('sk-ant-1');
    expect(sent).toMatchObject({ model: 'claude-3-opus-20240229', max_tokens: 64, messages: [{ role: 'user' }] });
    expect(JSON.stringify(sent)).toContain('"system":');
    const answer = await response.json();
    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] });
    expect(JSON.stringify(answer)).not.toContain('content_blocks');
  });

  it(`${title('S3')}: generateContent with its own parameter names, streamed and plain`, async () => {
    const response = await askAt('google', 'S3');
    expect(response.status).toBe(200);
    const { path, headers, body: sent } = fleet.onlyRequest('google');
    expect(path).toMatch(/models\/gemini-1\.5-flash-latest:generateContent$/);
    expect(headers['x-goog-api-key']).toBe('g-1');
    expect(sent).toMatchObject({ generationConfig: { maxOutputTokens: 64 } });
    fleet.reset();
    const stream = await askAt('google', 'S3', { stream: true, logit_bias: { '1': 1 } });
    expect(stream.status).toBe(200);
    expect(fleet.onlyRequest('google').path).toContain(':streamGenerateContent');
    expect(fleet.onlyRequest('google').rawBody).not.toContain('logit');
    await stream.text();
  });

  it(title('S4'), async () => {
    const response = await askAt('mistral', 'S4');
    expect(response.status).toBe(200);
    expect(fleet.onlyRequest('mistral').headers.authorization).toBe('Bearer mk-1');
    expect(fleet.onlyRequest('mistral').body).toMatchObject({ model: 'codestral-latest', max_tokens: 64 });
  });
});

describe('providers that are not available yet', () => {
  it.each([
    ['S5', {}],
    ['S6', {}],
    ['S7', { authorization: 'Bearer ya29.a0example' }],
  ])('%s: the virtual key is found, and its provider is refused as invalid until it exists', async (id, headers) => {
    const response = await ask({ config: configOf(id), headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'Invalid provider passed' } });
    expect(routingOf(response)).toMatchObject({ path: 'config', cacheStatus: 'DISABLED' });
    expect(fleet.calls()).toEqual({});
  });
});

describe('caches that are not available yet', () => {
  it.each(['S8', 'S9'])(
    '%s: the config is taken, every call reaches the provider, and nothing is cached',
    async (id) => {
      for (let call = 1; call <= 2; call++) {
        const response = await askAt('mistral', id);
        expect(response.status).toBe(200);
        expect(routingOf(response)).toMatchObject({ path: 'config', cacheStatus: 'DISABLED' });
        expect(fleet.calls()).toEqual({ mistral: call });
      }
    },
  );
});

describe(title('S10'), () => {
  it.each([503, 412])('a %i of the first target leads to the second, and each leaves a record', async (status) => {
    fleet.at('openai-prod').script({ status });
    const trace = `s10-${status}`;
    const response = await ask({ config: configOf('S10'), headers: { 'x-portkey-trace-id': trace } });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]', provider: 'anthropic' });
    expect(fleet.onlyRequest('openai-prod')).toMatchObject({
      headers: { authorization: `Bearer ${keyOf('openai-prod')}` },
      body: { model: 'gpt-4o' },
    });
    expect(fleet.onlyRequest('anthropic-prod')).toMatchObject({
      headers: { 'x-api-key': keyOf('anthropic-prod') },
      body: { model: 'claude-3-opus-20240229', max_tokens: 64 },
    });
    const rows = await gateway.logRecords(2, ({ traceId }) => traceId === trace);
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
      fleet.reset();
      drawAt = draw;
      expect((await ask({ config: configOf('S11') })).status).toBe(200);
      expect(fleet.calls()).toEqual({ [slug]: 1 });
    }
  });

  it('a failure of the drawn key is the answer', async () => {
    fleet.at('k1').script({ status: 500 });
    fleet.at('k2').script({ status: 500 });
    const response = await ask({ config: configOf('S11') });
    expect(response.status).toBe(500);
    expect(Object.values(fleet.calls())).toEqual([1]);
  });
});

describe(title('S12'), () => {
  const limited = { status: 429 };

  it('two refusals and a success are two retries', async () => {
    fleet.at('vk').script(limited, limited);
    const response = await ask({ config: configOf('S12') });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config', retryCount: '2' });
    expect(fleet.calls()).toEqual({ vk: 3 });
  });

  it('six refusals are the end, said with -1', async () => {
    fleet.at('vk').script(limited, limited, limited, limited, limited, limited);
    const response = await ask({ config: configOf('S12') });
    expect(response.status).toBe(429);
    expect(routingOf(response)).toMatchObject({ retryCount: '-1' });
    expect(fleet.calls()).toEqual({ vk: 6 });
  });
});

describe(title('S13'), () => {
  const config = (request_timeout: number) => ({ ...configOf('S13'), request_timeout });

  it('each target has its own time: the second answers after the first was too slow', async () => {
    fleet.at('open-ai-xxx').script({ silent: true });
    const response = await ask({ config: config(400) });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
  });

  it('when both are too slow the answer is the timeout, exactly', async () => {
    fleet.at('open-ai-xxx').script({ silent: true });
    fleet.at('azure-open-ai-xxx').script({ silent: true });
    const response = await ask({ config: config(60) });
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
  const response = await ask({ headers: { ...request?.headers, 'x-portkey-trace-id': 's14' } });
  expect(response.status).toBe(200);
  const [row] = await gateway.logRecords(1, ({ traceId }) => traceId === 's14');
  expect(row?.metadata).toEqual({ _user: 'USER_ID', environment: 'production', session_id: '1729' });
  expect(row?.config).toBe('pc-xxxx');
});

it(`${title('S15')}: is echoed, and stands on the records of all targets`, async () => {
  fleet.at('openai-prod').script({ status: 503 });
  const { request } = example('S15');
  const response = await ask({ config: configOf('S10'), headers: request?.headers ?? {} });
  expect(response.headers.get('x-portkey-trace-id')).toBe('YOUR_TRACE_ID_HERE');
  expect(await gateway.logRecords(2, ({ traceId }) => traceId === 'YOUR_TRACE_ID_HERE')).toHaveLength(2);
});

it(`${title('S16')}: is not available yet, which is told as an error and reaches no provider`, async () => {
  const response = await gateway.post('/feedback', example('S16').request?.body ?? {});
  expect(response.status).toBe(404);
  expect(response.headers.get('x-portkey-trace-id')).toBeTruthy();
  expect(await response.json()).toMatchObject({ error: { type: 'not_found' } });
  expect(fleet.calls()).toEqual({});
});

describe(title('E1'), () => {
  // The far end of the line is the second branch.
  beforeEach(() => {
    drawAt = 0.99;
  });

  it('a retry each, then the fallback inside the branch', async () => {
    fleet.at('azure-eu').script({ status: 429 }, { status: 429 });
    const response = await ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1].targets[1]', provider: 'anthropic' });
    expect(fleet.calls()).toEqual({ 'azure-eu': 2, anthropic: 1 });
    expect(fleet.onlyRequest('anthropic').body).toMatchObject({ model: 'claude-sonnet-4-20250514' });
  });

  it('a status that is not listed is the answer', async () => {
    fleet.at('azure-eu').script({ status: 401 });
    const response = await ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(401);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1].targets[0]' });
    expect(fleet.calls()).toEqual({ 'azure-eu': 1 });
  });

  it('the retry of the root reaches the first branch too', async () => {
    drawAt = 0;
    fleet.at('oai-eu').script({ status: 500 });
    const response = await ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[0]', retryCount: '1' });
  });
});

describe(title('E2'), () => {
  it.each(example('E2').choices ?? [])('$facts leads to target $expect', async ({ facts, expect: index }) => {
    const { metadata, params } = facts;
    const response = await gateway.post(
      '/chat/completions',
      { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5, ...params },
      { headers: { 'x-portkey-config': 'pc-conditional', 'x-portkey-metadata': JSON.stringify(metadata) } },
    );
    // The stand-ins know no such models: which of them was asked is what counts.
    expect(routingOf(response)).toMatchObject({ path: `config.targets[${index}]` });
    expect(fleet.calls()).toEqual(index === 0 ? { anthropic: 1 } : { oai: 1 });
  });
});

it(`${title('E3')}: a session stays where it was drawn, another is drawn anew`, async () => {
  const slugFor = async (session: string, at: number) => {
    fleet.reset();
    drawAt = at;
    const metadata = JSON.stringify({ session_id: session });
    const response = await ask({ headers: { 'x-portkey-config': 'pc-sticky', 'x-portkey-metadata': metadata } });
    expect(response.status).toBe(200);
    return Object.keys(fleet.calls());
  };
  expect(await slugFor('1', 0.99)).toEqual(['b']);
  expect(await slugFor('1', 0)).toEqual(['b']);
  expect(await slugFor('2', 0)).toEqual(['a']);
  expect(await slugFor('2', 0.99)).toEqual(['a']);
});

it(`${title('E4')}: a fifth of ten failed, so the target is left out until it has cooled down`, async () => {
  let nowMs = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const path = async (): Promise<string | null> => {
    const response = await ask({ headers: { 'x-portkey-config': 'pc-breaker' } });
    expect(response.status).toBe(200);
    return routingOf(response).path;
  };
  fleet.at('oai').script({ status: 500 }, 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', { status: 401 });
  const paths: (string | null)[] = [];
  for (let call = 0; call < 11; call++) paths.push(await path());
  expect(paths).toEqual([
    'config.targets[1]',
    ...Array.from({ length: 8 }, () => 'config.targets[0]'),
    'config.targets[1]',
    'config.targets[1]',
  ]);
  expect(fleet.at('oai').requests).toHaveLength(10);
  nowMs += 60_000;
  expect(await path()).toBe('config.targets[0]');
});

it(`${title('E5')}: two timeouts of the first target, then the second`, async () => {
  const config = configOf('E5');
  const [first, second] = config.targets as readonly [object, object];
  fleet.at('oai').script({ silent: true }, { silent: true });
  const response = await ask({ config: { ...config, targets: [{ ...first, request_timeout: 60 }, second] } });
  expect(response.status).toBe(200);
  expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
  expect(fleet.calls()).toEqual({ oai: 2, azure: 1 });
});

it(`${title('E6')}: guardrails are not available yet, so a config that asks for one is refused, not served unguarded`, async () => {
  const response = await ask({ config: configOf('E6') });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    message: 'Following guardrails are not valid: pg-pii',
    error: { type: 'invalid_config' },
  });
  expect(fleet.calls()).toEqual({});
});

describe(title('E7'), () => {
  it('the model names the virtual key, and the body is shaped for it', async () => {
    const response = await ask({ config: configOf('E7') }, { model: '@team-a/gpt-4o', logprobs: true });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[0]' });
    const { headers, body: sent } = fleet.onlyRequest('team-a');
    expect(headers.authorization).toBe(`Bearer ${keyOf('team-a')}`);
    expect(sent).toMatchObject({ model: 'gpt-4o', max_tokens: 1024 });
    expect(sent).not.toHaveProperty('logprobs');
  });

  it('the provider header may name it too', async () => {
    const response = await ask({ config: configOf('E7'), headers: { 'x-portkey-provider': '@team-a' } });
    expect(response.status).toBe(200);
    expect(fleet.calls()).toEqual({ 'team-a': 1 });
  });

  it('when the request names nobody the fallback goes on', async () => {
    const response = await ask({ config: configOf('E7') });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
    expect(fleet.calls()).toEqual({ backup: 1 });
  });
});

it(`${title('E8')}: the caller's Authorization goes on as it came`, async () => {
  const config = { ...configOf('E8'), custom_host: fleet.at('private').url };
  for (const authorization of ['Bearer corp-token', 'bearer corp-token', 'Basic dXNlcjpwdw==']) {
    fleet.reset();
    await ask({ config, headers: { authorization } });
    expect(fleet.onlyRequest('private').headers.authorization).toBe(authorization);
  }
});

describe(title('E9'), () => {
  it('a header names the provider, and the policy applies', async () => {
    fleet.at('oai').script({ status: 500 }, { status: 500 });
    const response = await ask({ config: configOf('E9'), headers: { 'x-portkey-provider': '@oai' } });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config', retryCount: '2', cacheStatus: 'DISABLED' });
  });

  it('without any provider it is refused', async () => {
    const response = await ask({ config: configOf('E9') });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message:
        'Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with provider details in it.',
      error: { type: 'invalid_config' },
    });
  });
});

it(`${title('E10')}: is refused with one sentence for each problem`, async () => {
  const response = await ask({ config: configOf('E10') });
  expect(response.status).toBe(400);
  const answer = (await response.json()) as { message: string; errors: readonly string[] };
  expect(answer.message).toBe('Invalid config passed');
  for (const [at, begin] of (example('E10').errorsBegin ?? []).entries()) {
    expect(answer.errors[at]?.slice(0, begin.length)).toBe(begin);
  }
});
