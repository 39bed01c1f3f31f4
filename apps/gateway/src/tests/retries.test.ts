import type { ScriptedAnswer } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai' });
  gateway = await startGateway({
    virtualKeys: {
      ...fleet.virtualKeys,
      unreachable: { provider: 'openai', api_key: 'k', custom_host: 'http://127.0.0.1:9' },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const repeat = (count: number, answer: ScriptedAnswer) => Array.from({ length: count }, () => answer);

const ANSWER = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});

let traces = 0;

const ask = async (config: object, body: object = {}) => {
  traces += 1;
  const trace = `retries-${traces}`;
  const response = await gateway.post(
    '/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
    { config, headers: { 'x-portkey-trace-id': trace } },
  );
  await response.text();
  const attempts = async () => {
    const [row] = await gateway.logRecords(1, ({ traceId }) => traceId === trace);
    return row?.attempts ?? [];
  };
  return {
    status: response.status,
    retryCount: routingOf(response).retryCount,
    shouldRetry: response.headers.get('x-should-retry'),
    attempts,
  };
};

const one = (retry: object) => ({ virtual_key: 'one', retry });

describe('statuses', () => {
  it.each([429, 500, 502, 503, 504, 529])('%i is retried by default', async (status) => {
    fleet.at('one').script({ status });
    expect(await ask(one({ attempts: 1 }))).toMatchObject({ status: 200, retryCount: '1', shouldRetry: null });
    expect(fleet.calls()).toEqual({ one: 2 });
  });

  it.each([400, 401, 403, 404, 408, 409, 422, 501])('%i is not, unless it is listed', async (status) => {
    fleet.at('one').script({ status });
    expect(await ask(one({ attempts: 1 }))).toMatchObject({ status, retryCount: '0' });
    expect(fleet.calls()).toEqual({ one: 1 });
    fleet.reset();
    fleet.at('one').script({ status });
    expect(await ask(one({ attempts: 1, on_status_codes: [status] }))).toMatchObject({ status: 200, retryCount: '1' });
  });

  it('an answer of the 2xx that the list names is retried', async () => {
    const listed = one({ attempts: 2, on_status_codes: [246] });
    fleet.at('one').script({ status: 246, rawBody: ANSWER });
    expect(await ask(listed)).toMatchObject({ status: 200 });
    expect(fleet.calls()).toEqual({ one: 2 });
  });

  it('without a policy, or with no attempts, there is one call', async () => {
    for (const config of [{ virtual_key: 'one' }, one({ attempts: 0 })]) {
      fleet.reset();
      fleet.at('one').script({ status: 503 });
      expect(await ask(config)).toMatchObject({ status: 503, retryCount: '0', shouldRetry: null });
      expect(fleet.calls()).toEqual({ one: 1 });
    }
  });

  it('more than five attempts are five', async () => {
    fleet.at('one').script(...repeat(10, { status: 503 }));
    expect(await ask(one({ attempts: 99 }))).toMatchObject({ status: 503, retryCount: '-1' });
    expect(fleet.calls()).toEqual({ one: 6 });
  });

  it('a status outside the list ends it, with the retry that brought it', async () => {
    fleet.at('one').script({ status: 503 }, { status: 400 });
    expect(await ask(one({ attempts: 5 }))).toMatchObject({ status: 400, retryCount: '1', shouldRetry: null });
  });
});

describe('failures of the network', () => {
  it('are retried whatever the list says, while attempts remain', async () => {
    fleet.at('one').script({ reset: true }, { reset: true });
    expect(await ask(one({ attempts: 2, on_status_codes: [] }))).toMatchObject({ status: 200, retryCount: '2' });
    expect(fleet.calls()).toEqual({ one: 3 });
    fleet.reset();
    expect(await ask({ virtual_key: 'unreachable', retry: { attempts: 2, on_status_codes: [] } })).toMatchObject({
      status: 502,
      retryCount: '-1',
    });
  });

  it('an empty list means nothing else is', async () => {
    fleet.at('one').script({ status: 503 });
    expect(await ask(one({ attempts: 2, on_status_codes: [] }))).toMatchObject({ status: 503, retryCount: '0' });
  });

  it('an answer that is none is a 502, and retried as such', async () => {
    fleet.at('one').script({ rawBody: '<html>' });
    expect(await ask(one({ attempts: 1 }))).toMatchObject({ status: 200, retryCount: '1' });
  });
});

describe('the answer after exhausted retries', () => {
  it.each([408, 409, 429, 500, 503, 529])('%i tells clients not to try again by themselves', async (status) => {
    fleet.at('one').script(...repeat(2, { status }));
    expect(await ask(one({ attempts: 1, on_status_codes: [status] }))).toMatchObject({
      status,
      retryCount: '-1',
      shouldRetry: 'false',
    });
  });

  it('is told from one that was not tried again at all', async () => {
    fleet.at('one').script({ status: 503 });
    expect(await ask({ virtual_key: 'one' })).toMatchObject({ status: 503, shouldRetry: null });
  });
});

describe('what a rate limit asks for', () => {
  const asking = one({ attempts: 2, use_retry_after_header: true });
  const limited = (headers: Readonly<Record<string, string>>) => ({ status: 429, headers });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['milliseconds', { 'retry-after-ms': '2' }, 2],
    ["another vendor's milliseconds", { 'x-ms-retry-after-ms': '3' }, 3],
    ['seconds', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 0],
  ])('in %s is waited and recorded', async (_form, headers, waitMs) => {
    fleet.at('one').script(limited(headers));
    const answer = await ask(asking);
    expect(answer).toMatchObject({ status: 200, retryCount: '1' });
    expect((await answer.attempts())[0]).toMatchObject({ status: 429, retryAfterMs: waitMs });
  });

  it('both spellings of the switch are known', async () => {
    for (const name of ['use_retry_after_header', 'use_retry_after_headers']) {
      fleet.reset();
      fleet.at('one').script(limited({ 'retry-after': '60' }));
      expect(await ask(one({ attempts: 2, [name]: true }))).toMatchObject({ status: 429, retryCount: '-1' });
      expect(fleet.calls()).toEqual({ one: 1 });
    }
  });

  it('is ignored by default, and where it cannot be understood', async () => {
    fleet.at('one').script(limited({ 'retry-after': '3600' }));
    expect(await ask(one({ attempts: 2 }))).toMatchObject({ status: 200, retryCount: '1' });
    fleet.reset();
    fleet.at('one').script(limited({ 'retry-after': 'later' }));
    expect(await ask(asking)).toMatchObject({ status: 200, retryCount: '1' });
  });

  it('a minute or more is not waited: the answer comes at once, and says so', async () => {
    fleet.at('one').script(limited({ 'retry-after': '60' }));
    expect(await ask(asking)).toMatchObject({ status: 429, retryCount: '-1', shouldRetry: 'false' });
    expect(fleet.calls()).toEqual({ one: 1 });
  });

  it('another status may not ask', async () => {
    fleet.at('one').script({ status: 503, headers: { 'retry-after': '3600' } });
    expect(await ask(asking)).toMatchObject({ status: 200, retryCount: '1' });
  });
});

it('every attempt sends the same body with the same credential', async () => {
  fleet.at('one').script(...repeat(2, { status: 503 }));
  await ask({ ...one({ attempts: 2 }), override_params: { temperature: 0.3 } });
  const sent = fleet.at('one').requests.map(({ rawBody, headers }) => [rawBody, headers.authorization]);
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(1);
});

it('a stream that fails before its first event is retried, and one that is cut later is not', async () => {
  fleet.at('one').script({ status: 503 }, { cutAfter: 0 });
  expect(await ask(one({ attempts: 3 }), { stream: true })).toMatchObject({ status: 200, retryCount: '2' });
  fleet.reset();
  fleet.at('one').script({ cutAfter: 2 });
  expect(await ask(one({ attempts: 3 }), { stream: true })).toMatchObject({ status: 200, retryCount: '0' });
  expect(fleet.calls()).toEqual({ one: 1 });
});

it('one request makes fifty provider calls at most, all targets together', async () => {
  fleet.at('one').script(...repeat(80, { status: 503 }));
  const targets = Array.from({ length: 10 }, () => one({ attempts: 5 }));
  const answer = await ask({ strategy: { mode: 'fallback' }, targets });
  expect(answer).toMatchObject({ status: 503, retryCount: '-1', shouldRetry: 'false' });
  expect(fleet.calls()).toEqual({ one: 50 });
});
