import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai', three: 'openai', anth: 'anthropic' });
  const host = (slug: string) => new URL(fleet.at(slug).url).host;
  gateway = await startGateway({
    virtualKeys: {
      ...fleet.virtualKeys,
      movable: { ...fleet.virtualKeys.one, allowed_hosts: [host('two'), host('three')] },
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => fleet.reset());

const ask = (config: object, headers: Record<string, string> = {}, body: object = {}) =>
  gateway.post(
    '/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
    { config, headers },
  );

const nested = (root: object, group: object, leaf: object): object => ({
  ...root,
  strategy: { mode: 'single' },
  targets: [{ ...group, strategy: { mode: 'single' }, targets: [leaf] }],
});

describe('custom host', () => {
  const at = (slug: string) => ({ custom_host: fleet.at(slug).url });
  const asked = async (config: object, headers: Record<string, string> = {}) => {
    fleet.reset();
    expect((await ask(config, headers)).status).toBe(200);
    return Object.keys(fleet.calls());
  };
  const key = { provider: 'openai', api_key: 'K' };

  it('header, target, parent, root', async () => {
    const header = { 'x-portkey-custom-host': fleet.at('three').url };
    expect(await asked(nested(at('one'), {}, key))).toEqual(['one']);
    expect(await asked(nested(at('one'), at('two'), key))).toEqual(['two']);
    expect(await asked(nested(at('one'), at('two'), { ...key, ...at('three') }))).toEqual(['three']);
    expect(await asked(nested(at('one'), at('two'), { ...key, ...at('one') }), header)).toEqual(['three']);
  });

  it('what is stored with the virtual key comes last', async () => {
    expect(await asked({ virtual_key: 'movable' })).toEqual(['one']);
    expect(await asked({ virtual_key: 'movable', ...at('two') })).toEqual(['two']);
    expect(
      await asked({ virtual_key: 'movable', ...at('two') }, { 'x-portkey-custom-host': fleet.at('three').url }),
    ).toEqual(['three']);
  });

  it('a stored credential goes to no host that its entry does not allow', async () => {
    const response = await ask({ virtual_key: 'one', ...at('two') });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'Invalid custom host' } });
    const byHeader = await ask({ virtual_key: 'one' }, { 'x-portkey-custom-host': fleet.at('two').url });
    expect(byHeader.status).toBe(400);
    expect(fleet.calls()).toEqual({});
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://user:pw@127.0.0.1/v1',
    'ftp://127.0.0.1',
    'http://10.0.0.1/v1',
    'nonsense',
  ])('%s is refused, in a header as in a config', async (custom_host) => {
    for (const response of [
      await ask(key, { 'x-portkey-custom-host': custom_host }),
      await ask({ ...key, custom_host }),
    ]) {
      expect(response.status).toBe(400);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ error: { message: expect.stringMatching(/Invalid c/) } });
    }
  });
});

describe('model', () => {
  const sentModel = async (config: object, model: string | null | undefined) => {
    fleet.reset();
    expect((await ask({ virtual_key: 'one', ...config }, {}, { model })).status).toBe(200);
    return (fleet.onlyRequest('one').body as { model?: string }).model;
  };
  const override = { override_params: { model: 'gpt-4o' } };
  const fallback = { default_params: { model: 'gpt-4.1' } };

  it('override, request, default', async () => {
    expect(await sentModel({ ...override, ...fallback }, 'gpt-4o-mini')).toBe('gpt-4o');
    expect(await sentModel(fallback, 'gpt-4o-mini')).toBe('gpt-4o-mini');
    expect(await sentModel(fallback, undefined)).toBe('gpt-4.1');
    expect(await sentModel(override, undefined)).toBe('gpt-4o');
  });

  it('the placeholder that one SDK sends is no model', async () => {
    expect(await sentModel(fallback, 'portkey-default')).toBe('gpt-4.1');
  });
});

describe('parameters', () => {
  const sent = async (config: object, body: object) => {
    fleet.reset();
    expect((await ask({ virtual_key: 'one', ...config }, {}, body)).status).toBe(200);
    return fleet.onlyRequest('one').body;
  };

  it('a default is set only where the client said nothing, and null is something', async () => {
    const config = { default_params: { temperature: 0.5, stop: 'x' } };
    expect(await sent(config, {})).toMatchObject({ temperature: 0.5, stop: 'x' });
    expect(await sent(config, { temperature: 1, stop: null })).toMatchObject({ temperature: 1, stop: null });
  });

  it('overrides replace whole values, and are merged from root to leaf', async () => {
    const config = nested(
      { override_params: { temperature: 0.1, metadata: { a: '1', b: '2' } } },
      { override_params: { temperature: 0.2, top_p: 0.3 } },
      { virtual_key: 'one', override_params: { top_p: 0.4, metadata: { c: '3' } } },
    );
    fleet.reset();
    expect((await ask(config, {}, { temperature: 1, metadata: { z: '9' } })).status).toBe(200);
    expect(fleet.onlyRequest('one').body).toMatchObject({ temperature: 0.2, top_p: 0.4, metadata: { c: '3' } });
    expect(fleet.onlyRequest('one').rawBody).not.toContain('"z"');
  });

  it('what is dropped is dropped last', async () => {
    const body = await sent({ override_params: { seed: 1 }, drop_params: ['seed', 'user'] }, { user: 'ada' });
    expect(body).not.toHaveProperty('seed');
    expect(body).not.toHaveProperty('user');
  });

  it('a stream can be asked for by the config', async () => {
    const response = await ask({ virtual_key: 'one', override_params: { stream: true } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toContain('data: [DONE]');
  });
});

describe('strict compliance', () => {
  const hasExtras = async (config: object, headers: Record<string, string> = {}): Promise<boolean> => {
    const response = await ask(
      { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' }, ...config },
      headers,
    );
    expect(response.status).toBe(200);
    return (await response.text()).includes('content_blocks');
  };
  const header = (value: string) => ({ 'x-portkey-strict-open-ai-compliance': value });

  it('is on unless header or config says false, and cannot be switched on again', async () => {
    expect(await hasExtras({})).toBe(false);
    expect(await hasExtras({}, header('true'))).toBe(false);
    expect(await hasExtras({}, header('false'))).toBe(true);
    expect(await hasExtras({}, { 'x-portkey-strict-openai-compliance': 'false' })).toBe(true);
    expect(await hasExtras({ strict_open_ai_compliance: false })).toBe(true);
    expect(await hasExtras({ strict_open_ai_compliance: false }, header('true'))).toBe(true);
    expect(await hasExtras({ strict_open_ai_compliance: true }, header('false'))).toBe(true);
  });

  it('a target is closer than its parents', async () => {
    const target = { virtual_key: 'anth', override_params: { model: 'claude-haiku-4-5' } };
    const config = nested({ strict_open_ai_compliance: false }, {}, { ...target, strict_open_ai_compliance: true });
    expect(await (await ask(config)).text()).not.toContain('content_blocks');
  });
});

describe('the deprecated retry header', () => {
  const calls = async (config: object, headers: Record<string, string>): Promise<number> => {
    fleet.reset();
    fleet.at('one').script(...Array.from({ length: 9 }, () => ({ status: 503 })));
    await ask(config, headers);
    return fleet.at('one').requests.length;
  };

  it('counts where the config says nothing about retries', async () => {
    const header = { 'x-portkey-retry-count': '2' };
    expect(await calls({ virtual_key: 'one' }, header)).toBe(3);
    expect(await calls({ cache: { mode: 'simple' } }, { ...header, 'x-portkey-provider': '@one' })).toBe(3);
    expect(await calls({ strategy: { mode: 'single' }, targets: [{ virtual_key: 'one' }] }, header)).toBe(3);
    expect(await calls({ virtual_key: 'one', retry: { attempts: 1 } }, header)).toBe(2);
    expect(await calls({ virtual_key: 'one', retry: { attempts: 0 } }, header)).toBe(1);
  });

  it('is held to the limit of five', async () => {
    expect(await calls({ virtual_key: 'one' }, { 'x-portkey-retry-count': '50' })).toBe(6);
  });
});

it('settings come from headers when the provider does, and from the config when it names the provider', async () => {
  const organization = async (config: object, headers: Record<string, string>) => {
    fleet.reset();
    await ask(config, { 'x-portkey-openai-organization': 'org-header', ...headers });
    return fleet.onlyRequest('one').headers['openai-organization'];
  };
  expect(await organization({ retry: { attempts: 0 } }, { 'x-portkey-provider': '@one' })).toBe('org-header');
  expect(await organization({ virtual_key: 'one', openai_organization: 'org-config' }, {})).toBe('org-config');
  expect(await organization({ virtual_key: 'one' }, {})).toBeUndefined();
});

it('a config of the request replaces nothing but itself: it is not merged with what came before', async () => {
  fleet.at('one').script({ status: 503 });
  await ask({ virtual_key: 'one', retry: { attempts: 1 } });
  fleet.reset();
  fleet.at('one').script({ status: 503 });
  const response = await ask({ virtual_key: 'one' });
  expect(response.status).toBe(503);
  expect(routingOf(response).retryCount).toBe('0');
});
