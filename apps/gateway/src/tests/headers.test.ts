import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, keyOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai', anth: 'anthropic' });
  gateway = await startGateway({ virtualKeys: fleet.virtualKeys });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const ask = (config: object, headers: Record<string, string> = {}, path = '/chat/completions', body: object = {}) =>
  gateway.post(
    path,
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
    { config, headers },
  );

const one = { virtual_key: 'one' };
const got = (slug = 'one') => fleet.onlyRequest(slug).headers;

describe('what reaches a provider', () => {
  it('none of the headers of the gateway, nor what the client told about itself', async () => {
    await ask(one, {
      'x-portkey-trace-id': 't',
      'x-portkey-metadata': '{"a":"b"}',
      'x-portkey-something-new': 'x',
      'x-portkey-package-version': 'v',
      'x-own': 'x',
      cookie: 'a=b',
      'user-agent': 'an SDK',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    });
    const names = Object.keys(got());
    expect(names.filter((name) => name.startsWith('x-portkey-'))).toEqual([]);
    expect(names).not.toEqual(expect.arrayContaining(['x-own']));
    expect(names).not.toEqual(expect.arrayContaining(['cookie']));
    expect(got()['user-agent']).not.toBe('an SDK');
  });

  it('the listed headers, from the header list or the config, and a header list replaces the one of the config', async () => {
    const sent = { 'x-a': '1', 'x-b': '2', 'x-c': '3' };
    await ask({ ...one, forward_headers: ['X-A', 'x-b'] }, sent);
    expect(got()).toMatchObject({ 'x-a': '1', 'x-b': '2' });
    expect(got()).not.toHaveProperty('x-c');
    fleet.reset();
    await ask({ ...one, forward_headers: ['x-a'] }, { ...sent, 'x-portkey-forward-headers': "['X-C']" });
    expect(got()).toMatchObject({ 'x-c': '3' });
    expect(got()).not.toHaveProperty('x-a');
  });

  it("a target's list replaces that of its parent", async () => {
    const config = {
      strategy: { mode: 'single' },
      forward_headers: ['x-a'],
      targets: [{ ...one, forward_headers: ['x-b'] }],
    };
    await ask(config, { 'x-a': '1', 'x-b': '2' });
    expect(got()).toMatchObject({ 'x-b': '2' });
    expect(got()).not.toHaveProperty('x-a');
  });

  it('a header listed in camel case finds the one in kebab case that the same SDK sends', async () => {
    await ask(one, { 'x-portkey-forward-headers': 'xCustomHeader', 'x-custom-header': 'yes' });
    expect(got()['x-custom-header']).toBe('yes');
  });

  it("the provider's own authentication wins over a forwarded header of the same name", async () => {
    await ask({ ...one, forward_headers: ['authorization'] }, { authorization: 'Bearer sk-callers-own' });
    expect(got().authorization).toBe(`Bearer ${keyOf('one')}`);
  });

  it('what frames the body is ours, whatever is forwarded', async () => {
    const response = await ask({
      ...one,
      forward_headers: ['content-type', 'accept-encoding', 'content-encoding', 'expect'],
    });
    expect(response.status).toBe(200);
    expect(got()['content-type']).toBe('application/json');
    expect(got()).not.toHaveProperty('content-encoding');
  });

  it('some gateway headers when they are listed by name', async () => {
    await ask({ ...one, forward_headers: ['x-portkey-trace-id'] }, { 'x-portkey-trace-id': 'mine' });
    expect(got()['x-portkey-trace-id']).toBe('mine');
  });

  it.each([
    'x-portkey-forward-headers',
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'metadata-flavor',
    'x-aws-ec2-metadata-token',
    'x-google-metadata-request',
  ])('a list with %s is refused, in header and config', async (name) => {
    for (const response of [
      await ask(one, { 'x-portkey-forward-headers': `x-a, ${name}` }),
      await ask({ ...one, forward_headers: ['x-a', name] }),
    ]) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { message: `forward_headers must not contain the '${name}' header`, type: 'invalid_request_error' },
      });
    }
    expect(fleet.calls()).toEqual({});
  });
});

/** Names that only the gateway itself may use. */
const RESERVED = [
  'x-portkey-default-input-guardrails',
  'x-portkey-default-output-guardrails',
  'x-auth-organisation-details',
  'x-portkey-organisation-details',
  'x-portkey-virtual-key-details',
  'x-portkey-virtual-key-exhausted',
  'x-portkey-virtual-key-expired',
  'x-portkey-virtual-key-usage-limits',
  'x-portkey-virtual-key-rate-limits',
  'x-portkey-integration-details',
  'x-portkey-config-id',
  'x-portkey-config-slug',
  'x-portkey-config-version',
  'x-portkey-prompt-id',
  'x-portkey-prompt-version-id',
  'x-portkey-prompt-slug',
];

describe('headers that a client must not be able to set', () => {
  it('change nothing', async () => {
    const headers = Object.fromEntries(RESERVED.map((name) => [name, '{"forged":true}']));
    const response = await ask(one, { ...headers, 'x-portkey-trace-id': 'forged' });
    expect(response.status).toBe(200);
    const [row] = await gateway.logRecords(1, ({ traceId }) => traceId === 'forged');
    expect(row?.config).toBe('inline');
    expect(JSON.stringify(row)).not.toContain('{\\"forged');
    expect([...response.headers.values()].join()).not.toContain('forged":');
  });

  it('reach nobody, even when they are listed', async () => {
    const headers = Object.fromEntries(RESERVED.map((name) => [name, 'forged']));
    await ask({ ...one, forward_headers: [...RESERVED, 'x-a'] }, { ...headers, 'x-a': '1' });
    expect(got()['x-a']).toBe('1');
    expect(Object.keys(got()).filter((name) => RESERVED.includes(name))).toEqual([]);
  });
});

describe('what comes back', () => {
  it("the provider's own headers, but none that belong to its connection or its body", async () => {
    fleet.at('one').script({
      headers: {
        'x-ratelimit-remaining-requests': '99',
        'openai-processing-ms': '12',
        'x-request-id': 'req-upstream',
        'set-cookie': 'a=b',
        'keep-alive': 'timeout=1',
        'x-hop': 'of this hop',
        connection: 'x-hop, keep-alive',
        'x-portkey-trace-id': 'forged',
        'x-portkey-provider': 'forged',
        'x-portkey-gateway-exception': 'true',
        'x-portkey-of-another-gateway': 'x',
      },
    });
    const response = await ask(one, { 'x-portkey-trace-id': 'mine' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-ratelimit-remaining-requests': '99',
      'openai-processing-ms': '12',
      'x-request-id': 'req-upstream',
      'x-portkey-trace-id': 'mine',
      'x-portkey-provider': 'openai',
      'content-type': 'application/json',
    });
    for (const name of [
      'set-cookie',
      'x-hop',
      'content-encoding',
      'transfer-encoding',
      'x-portkey-gateway-exception',
      'x-portkey-of-another-gateway',
    ]) {
      expect(response.headers.has(name), name).toBe(false);
    }
  });

  it('on every routed answer: which way it went, and by which id it can be found', async () => {
    fleet.at('one').script({ status: 401 }, 'ok');
    for (const status of [401, 200]) {
      const response = await ask(one);
      expect(response.status).toBe(status);
      const headers = Object.fromEntries(response.headers);
      expect(headers).toMatchObject({
        'x-portkey-last-used-option-index': 'config',
        'x-portkey-retry-attempt-count': '0',
        'x-portkey-cache-status': 'DISABLED',
        'x-portkey-provider': 'openai',
        'x-portkey-trace-id': expect.stringMatching(/.+/),
        'x-portkey-request-id': expect.stringMatching(/.+/),
      });
      expect(headers).not.toHaveProperty('x-portkey-gateway-exception');
      expect(headers).not.toHaveProperty('x-portkey-last-used-option-params');
    }
  });

  it('a rate limit of the provider with what it asks for', async () => {
    fleet.at('one').script({ status: 429, retryAfterS: 7, headers: { 'x-ratelimit-reset-requests': '7s' } });
    const response = await ask(one);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-ratelimit-reset-requests')).toBe('7s');
  });

  it('the names of parameters that were dropped for a provider', async () => {
    const config = { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } };
    const response = await ask(config, {}, '/chat/completions', { seed: 7 });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-portkey-param-notices')).toContain('dropped=seed');
  });

  it('the request id is that of the record which the answer left', async () => {
    fleet.at('one').script({ status: 503 });
    const config = { strategy: { mode: 'fallback' }, targets: [one, { virtual_key: 'two' }] };
    const response = await ask(config, { 'x-portkey-trace-id': 'by-id' });
    const rows = await gateway.logRecords(2, ({ traceId }) => traceId === 'by-id');
    expect(rows.map(({ id }) => id)).toContain(response.headers.get('x-portkey-request-id'));
    expect(rows.find(({ status }) => status === 200)?.id).toBe(response.headers.get('x-portkey-request-id'));
    for (const row of rows) expect(row.spanId).toBe(row.id);
  });
});
