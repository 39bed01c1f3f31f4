import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf, type ExampleWorld, example, startExampleWorld, title } from '../testing/examples.ts';
import { keyOf, routingOf } from '../testing/fleet.ts';

let world: ExampleWorld;

beforeAll(async () => {
  world = await startExampleWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());
afterEach(() => vi.restoreAllMocks());

describe(title('E1'), () => {
  // The far end of the line is the second branch.
  beforeEach(() => {
    world.drawAt(0.99);
  });

  it('a retry each, then the fallback inside the branch', async () => {
    world.fleet.at('azure-eu').script({ status: 429 }, { status: 429 });
    const response = await world.ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1].targets[1]', provider: 'anthropic' });
    expect(world.fleet.calls()).toEqual({ 'azure-eu': 2, anthropic: 1 });
    expect(world.fleet.onlyRequest('anthropic').body).toMatchObject({ model: 'claude-sonnet-4-20250514' });
  });

  it('a status that is not listed is the answer', async () => {
    world.fleet.at('azure-eu').script({ status: 401 });
    const response = await world.ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(401);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1].targets[0]' });
    expect(world.fleet.calls()).toEqual({ 'azure-eu': 1 });
  });

  it('the retry of the root reaches the first branch too', async () => {
    world.drawAt(0);
    world.fleet.at('oai-eu').script({ status: 500 });
    const response = await world.ask({ config: configOf('E1') }, { model: 'gpt-4o' });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[0]', retryCount: '1' });
  });
});

describe(title('E2'), () => {
  it.each(example('E2').choices ?? [])('$facts leads to target $expect', async ({ facts, expect: index }) => {
    const { metadata, params } = facts;
    const response = await world.gateway.post(
      '/chat/completions',
      { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5, ...params },
      { headers: { 'x-portkey-config': 'pc-conditional', 'x-portkey-metadata': JSON.stringify(metadata) } },
    );
    // The stand-ins know no such models: which of them was asked is what counts.
    expect(routingOf(response)).toMatchObject({ path: `config.targets[${index}]` });
    expect(world.fleet.calls()).toEqual(index === 0 ? { anthropic: 1 } : { oai: 1 });
  });
});

it(`${title('E3')}: a session stays where it was drawn, another is drawn anew`, async () => {
  const slugFor = async (session: string, at: number) => {
    world.fleet.reset();
    world.drawAt(at);
    const metadata = JSON.stringify({ session_id: session });
    const response = await world.ask({ headers: { 'x-portkey-config': 'pc-sticky', 'x-portkey-metadata': metadata } });
    expect(response.status).toBe(200);
    return Object.keys(world.fleet.calls());
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
    const response = await world.ask({ headers: { 'x-portkey-config': 'pc-breaker' } });
    expect(response.status).toBe(200);
    return routingOf(response).path;
  };
  world.fleet.at('oai').script({ status: 500 }, 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', { status: 401 });
  const paths: (string | null)[] = [];
  for (let call = 0; call < 11; call++) paths.push(await path());
  expect(paths).toEqual([
    'config.targets[1]',
    ...Array.from({ length: 8 }, () => 'config.targets[0]'),
    'config.targets[1]',
    'config.targets[1]',
  ]);
  expect(world.fleet.at('oai').requests).toHaveLength(10);
  nowMs += 60_000;
  expect(await path()).toBe('config.targets[0]');
});

it(`${title('E5')}: two timeouts of the first target, then the second`, async () => {
  const config = configOf('E5');
  const [first, second] = config.targets as readonly [object, object];
  world.fleet.at('oai').script({ silent: true }, { silent: true });
  const response = await world.ask({ config: { ...config, targets: [{ ...first, request_timeout: 60 }, second] } });
  expect(response.status).toBe(200);
  expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
  expect(world.fleet.calls()).toEqual({ oai: 2, azure: 1 });
});

it(`${title('E6')}: guardrails are not available yet, so a config that asks for one is refused, not served unguarded`, async () => {
  const response = await world.ask({ config: configOf('E6') });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    message: 'Following guardrails are not valid: pg-pii',
    error: { type: 'invalid_config' },
  });
  expect(world.fleet.calls()).toEqual({});
});

describe(title('E7'), () => {
  it('the model names the virtual key, and the body is shaped for it', async () => {
    const response = await world.ask({ config: configOf('E7') }, { model: '@team-a/gpt-4o', logprobs: true });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[0]' });
    const { headers, body: sent } = world.fleet.onlyRequest('team-a');
    expect(headers.authorization).toBe(`Bearer ${keyOf('team-a')}`);
    expect(sent).toMatchObject({ model: 'gpt-4o', max_tokens: 1024 });
    expect(sent).not.toHaveProperty('logprobs');
  });

  it('the provider header may name it too', async () => {
    const response = await world.ask({ config: configOf('E7'), headers: { 'x-portkey-provider': '@team-a' } });
    expect(response.status).toBe(200);
    expect(world.fleet.calls()).toEqual({ 'team-a': 1 });
  });

  it('when the request names nobody the fallback goes on', async () => {
    const response = await world.ask({ config: configOf('E7') });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config.targets[1]' });
    expect(world.fleet.calls()).toEqual({ backup: 1 });
  });
});

it(`${title('E8')}: the caller's Authorization goes on as it came`, async () => {
  const config = { ...configOf('E8'), custom_host: world.fleet.at('private').url };
  for (const authorization of ['Bearer corp-token', 'bearer corp-token', 'Basic dXNlcjpwdw==']) {
    world.fleet.reset();
    await world.ask({ config, headers: { authorization } });
    expect(world.fleet.onlyRequest('private').headers.authorization).toBe(authorization);
  }
});

describe(title('E9'), () => {
  it('a header names the provider, and the policy applies', async () => {
    world.fleet.at('oai').script({ status: 500 }, { status: 500 });
    const response = await world.ask({ config: configOf('E9'), headers: { 'x-portkey-provider': '@oai' } });
    expect(response.status).toBe(200);
    expect(routingOf(response)).toMatchObject({ path: 'config', retryCount: '2', cacheStatus: 'DISABLED' });
  });

  it('without any provider it is refused', async () => {
    const response = await world.ask({ config: configOf('E9') });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message:
        'Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with provider details in it.',
      error: { type: 'invalid_config' },
    });
  });
});

it(`${title('E10')}: is refused with one sentence for each problem`, async () => {
  const response = await world.ask({ config: configOf('E10') });
  expect(response.status).toBe(400);
  const answer = (await response.json()) as { message: string; errors: readonly string[] };
  expect(answer.message).toBe('Invalid config passed');
  for (const [at, begin] of (example('E10').errorsBegin ?? []).entries()) {
    expect(answer.errors[at]?.slice(0, begin.length)).toBe(begin);
  }
});
