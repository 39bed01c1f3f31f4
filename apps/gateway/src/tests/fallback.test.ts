import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { type RawUpstream, rawAnswer, startRawUpstream } from '../testing/raw-upstream.ts';
import { when } from '../testing/routes.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;
/** Answers with the status that the path of its base URL names. */
let statuses: RawUpstream;

const ANSWER = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const FAILURE = JSON.stringify({ error: { message: 'no', type: 't', param: null, code: null } });

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai', anth: 'anthropic' });
  statuses = await startRawUpstream(({ head }, socket) => {
    const status = Number(/^POST \/(\d+)\//.exec(head)?.[1] ?? 500);
    socket.write(rawAnswer(status, status < 400 ? ANSWER : FAILURE));
  });
  gateway = await startGateway({
    virtualKeys: {
      ...fleet.virtualKeys,
      unreachable: { provider: 'openai', api_key: 'k', custom_host: 'http://127.0.0.1:9' },
      later: { provider: 'bedrock', api_key: 'k' },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([fleet.close(), statuses.close()]);
});
beforeEach(() => fleet.reset());

const body = (rest: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hello' }],
  ...rest,
});

const ask = (config: object, rest: object = {}, headers: Record<string, string> = {}) =>
  gateway.post('/chat/completions', body(rest), { config, headers });

const answering = (status: number) => ({
  provider: 'openai',
  api_key: 'K',
  custom_host: statuses.url.replace('/v1', `/${status}/v1`),
});

const fallback = (targets: readonly object[], onStatusCodes?: readonly number[]) => ({
  strategy: { mode: 'fallback', ...(onStatusCodes && { on_status_codes: onStatusCodes }) },
  targets,
});

const LAST = 'config.targets[1]';
const FIRST = 'config.targets[0]';

/** Where a call ends whose first target comes to a status. */
const endOf = async (first: object, onStatusCodes?: readonly number[]): Promise<string | null> => {
  const response = await ask(fallback([first, { virtual_key: 'two' }], onStatusCodes));
  return routingOf(response).path;
};

describe('what a provider answers', () => {
  it.each([200, 201, 246])('%i is final, unless it is listed', async (status) => {
    expect(await endOf(answering(status))).toBe(FIRST);
    expect(await endOf(answering(status), [429])).toBe(FIRST);
    expect(await endOf(answering(status), [status])).toBe(LAST);
  });

  it.each([400, 401, 403, 404, 408, 409, 412, 422, 425, 429, 446, 500, 501, 502, 503, 504, 529])(
    '%i leads on without a list, and with one only when listed',
    async (status) => {
      expect(await endOf(answering(status))).toBe(LAST);
      expect(await endOf(answering(status), [status])).toBe(LAST);
      expect(await endOf(answering(status), [418])).toBe(FIRST);
      expect(await endOf(answering(status), [])).toBe(FIRST);
    },
  );
});

describe('what happens to the gateway at a target', () => {
  it.each<[string, number, object]>([
    ['a timeout', 408, { virtual_key: 'one', request_timeout: 30 }],
    ['a refused connection', 502, { virtual_key: 'unreachable' }],
    ['a connection that is reset', 502, { virtual_key: 'one' }],
    ['an answer that is none', 502, { virtual_key: 'one' }],
    ['a provider that is not available', 400, { virtual_key: 'later' }],
    ['a passthrough target without a provider', 400, { passthrough: true }],
  ])('%s counts as %i', async (what, status, target) => {
    const script = () => {
      fleet.reset();
      if (what === 'a timeout') fleet.at('one').script({ silent: true });
      if (what === 'a connection that is reset') fleet.at('one').script({ reset: true });
      if (what === 'an answer that is none') fleet.at('one').script({ rawBody: '<html>' });
    };
    for (const [list, path] of [
      [undefined, LAST],
      [[status], LAST],
      [[418], FIRST],
    ] as const) {
      script();
      const response = await ask(fallback([target, { virtual_key: 'two' }], list));
      expect(routingOf(response).path, JSON.stringify(list)).toBe(path);
      expect(response.status).toBe(path === LAST ? 200 : status);
    }
  });
});

describe('what no other target would mend', () => {
  it('an endpoint that the provider does not have ends the call, whatever is listed', async () => {
    for (const list of [undefined, [500, 501]]) {
      const config = fallback([{ virtual_key: 'anth' }, { virtual_key: 'two' }], list);
      const response = await gateway.post('/embeddings', { model: 'x', input: 'a' }, { config });
      expect(response.status).toBe(501);
      expect(response.headers.get('x-portkey-gateway-exception')).toBe('true');
      expect(routingOf(response).path).toBe(FIRST);
      expect(await response.json()).toEqual({
        error: {
          message: 'embed is not supported by anthropic',
          type: 'unsupported_endpoint',
          param: null,
          code: null,
        },
      });
    }
    expect(fleet.calls()).toEqual({});
  });

  const unroutable = {
    strategy: { mode: 'conditional', conditions: [when({ 'metadata.tier': 'paid' }, 'a')] },
    targets: [{ name: 'a', virtual_key: 'two' }],
  };

  it('a router that finds no way ends the whole call', async () => {
    const response = await ask(fallback([unroutable, { virtual_key: 'two' }]));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      status: 'failure',
      message: 'Query router did not resolve to any valid target',
      error: { type: 'invalid_config' },
    });
    expect(fleet.calls()).toEqual({});
  });

  it('but the target that was tried before it has left its record', async () => {
    fleet.at('one').script({ status: 503 });
    const config = fallback([{ virtual_key: 'one' }, unroutable, { virtual_key: 'two' }]);
    const response = await ask(config, {}, { 'x-portkey-trace-id': 'router-error' });
    expect(response.status).toBe(400);
    expect(fleet.calls()).toEqual({ one: 1 });
    const [row] = await gateway.logRecords(1, ({ traceId }) => traceId === 'router-error');
    expect(row).toMatchObject({ lastUsedOptionIndex: FIRST, status: 503 });
  });
});

it('after the last target its answer is the answer', async () => {
  fleet.at('one').script({ status: 503, message: 'first' });
  fleet.at('two').script({ status: 429, message: 'second' });
  const response = await ask(fallback([{ virtual_key: 'one' }, { virtual_key: 'two' }]));
  expect(response.status).toBe(429);
  expect(routingOf(response)).toMatchObject({ path: LAST, provider: 'openai' });
  expect(await response.json()).toMatchObject({ error: { message: 'openai error: second' }, provider: 'openai' });
});

it('the retries of a target are used up before the next is tried, and the count is that of the last', async () => {
  fleet.at('one').script({ status: 503 }, { status: 503 }, { status: 503 });
  fleet.at('two').script({ status: 503 });
  const config = fallback([
    { virtual_key: 'one', retry: { attempts: 2 } },
    { virtual_key: 'two', retry: { attempts: 2 } },
  ]);
  const response = await ask(config);
  expect(response.status).toBe(200);
  expect(fleet.calls()).toEqual({ one: 3, two: 2 });
  expect(routingOf(response)).toMatchObject({ path: LAST, retryCount: '1' });
});

it('the list of the strategy says nothing about retries', async () => {
  fleet.at('one').script({ status: 401 }, { status: 401 });
  await ask({ ...fallback([{ virtual_key: 'one' }, { virtual_key: 'two' }], [401]), retry: { attempts: 2 } });
  expect(fleet.calls()).toEqual({ one: 1, two: 1 });
});

it('a stream that has begun is final, and an error before it is not', async () => {
  const config = fallback([{ virtual_key: 'one' }, { virtual_key: 'two' }]);
  fleet.at('one').script({ cutAfter: 2 });
  const cut = await ask(config, { stream: true });
  expect(routingOf(cut).path).toBe(FIRST);
  expect(await cut.text()).not.toContain('[DONE]');
  expect(fleet.calls()).toEqual({ one: 1 });
  fleet.reset();
  fleet.at('one').script({ status: 503 });
  const whole = await ask(config, { stream: true });
  expect(routingOf(whole).path).toBe(LAST);
  expect(await whole.text()).toContain('data: [DONE]');
});

it('every target gets the body as the caller sent it, not as the one before shaped it', async () => {
  fleet.at('one').script({ status: 503 });
  await ask(
    fallback([{ virtual_key: 'one', override_params: { temperature: 0.9, seed: 1 } }, { virtual_key: 'two' }]),
    { temperature: 0.1 },
  );
  expect(fleet.onlyRequest('two').body).toEqual(body({ temperature: 0.1 }));
});
