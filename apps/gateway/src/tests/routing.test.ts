import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { when } from '../testing/routes.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;
let drawAt = 0;

beforeAll(async () => {
  fleet = await startFleet({ a: 'openai', b: 'openai', c: 'openai', d: 'openai' });
  gateway = await startGateway({ virtualKeys: fleet.virtualKeys, random: () => drawAt });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => {
  fleet.reset();
  drawAt = 0;
});

interface Asking {
  readonly metadata?: object;
  readonly body?: object;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

const ask = (config: object, { metadata = {}, body = {}, path = '/chat/completions', headers = {} }: Asking = {}) =>
  gateway.post(
    path,
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body },
    { config, headers: { 'x-portkey-metadata': JSON.stringify(metadata), ...headers } },
  );

const pathOf = async (config: object, asking?: Asking): Promise<string | null> =>
  routingOf(await ask(config, asking)).path;

const key = (slug: string, rest: object = {}) => ({ virtual_key: slug, ...rest });

describe('load balance', () => {
  const group = (...weights: (number | undefined)[]) => ({
    strategy: { mode: 'loadbalance' },
    targets: weights.map((weight, at) => key('abcd'[at] ?? 'a', weight === undefined ? {} : { weight })),
  });
  const drawn = async (config: object, at: number) => {
    drawAt = at;
    return pathOf(config);
  };

  it('a draw follows the weights, which need no certain sum', async () => {
    expect(await drawn(group(3, 1), 0.74)).toBe('config.targets[0]');
    expect(await drawn(group(3, 1), 0.76)).toBe('config.targets[1]');
    expect(await drawn(group(undefined, 0.5), 0.66)).toBe('config.targets[0]');
    expect(await drawn(group(undefined, 0.5), 0.67)).toBe('config.targets[1]');
  });

  it('a drained target gets nothing', async () => {
    for (const at of [0, 0.5, 0.999]) expect(await drawn(group(0, 1, 0), at)).toBe('config.targets[1]');
    expect(fleet.calls()).toEqual({ b: 3 });
  });

  it('no other target is tried when the drawn one fails', async () => {
    fleet.at('a').script({ status: 503 });
    const response = await ask(group(1, 1));
    expect(response.status).toBe(503);
    expect(fleet.calls()).toEqual({ a: 1 });
  });

  it('only zeros are refused, as is a negative weight', async () => {
    for (const config of [group(0, 0), group(1, -1)]) {
      const response = await ask(config);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ message: 'Invalid config passed', errors: [expect.any(String)] });
    }
    expect(fleet.calls()).toEqual({});
  });
});

describe('conditions', () => {
  const config = (query: object, rest: object = {}) => ({
    strategy: { mode: 'conditional', conditions: [when(query, 'yes')], default: 'no', ...rest },
    targets: [key('a', { name: 'yes' }), key('b', { name: 'no' })],
  });
  const holds = async (query: object, asking?: Asking): Promise<boolean> => {
    const path = await pathOf(config(query), asking);
    expect(path).toMatch(/^config\.targets\[[01]\]$/);
    return path === 'config.targets[0]';
  };

  it.each<[object, Asking, boolean]>([
    [{ 'metadata.tier': 'paid' }, { metadata: { tier: 'paid' } }, true],
    [{ 'metadata.tier': 'paid' }, { metadata: { tier: 'free' } }, false],
    [{ 'metadata.tier': 'paid' }, {}, false],
    [{ 'metadata.tier': { $eq: 'paid' } }, { metadata: { tier: 'paid' } }, true],
    [{ 'metadata.n': { $eq: 5 } }, { metadata: { n: 5 } }, false],
    [{ 'metadata.n': { $eq: '5' } }, { metadata: { n: 5 } }, true],
    [{ 'params.n': { $eq: 5 } }, { body: { n: 5 } }, true],
    [{ 'metadata.tier': { $ne: 'paid' } }, { metadata: { tier: 'free' } }, true],
    [{ 'metadata.tier': { $ne: 'paid' } }, {}, true],
    [{ 'metadata.age': { $gt: 9 } }, { metadata: { age: '10' } }, true],
    [{ 'metadata.age': { $gt: 9 } }, {}, false],
    [{ 'params.temperature': { $gte: 0.7 } }, { body: { temperature: 0.7 } }, true],
    [{ 'params.temperature': { $lt: 0.7 } }, { body: { temperature: 0.7 } }, false],
    [{ 'params.temperature': { $lte: '0.7' } }, { body: { temperature: 0.7 } }, true],
    [{ 'params.temperature': { $gte: 0.2, $lt: 0.5 } }, { body: { temperature: 0.6 } }, false],
    [{ 'metadata.tier': { $in: ['paid', 'trial'] } }, { metadata: { tier: 'trial' } }, true],
    [{ 'metadata.tier': { $in: ['paid'] } }, {}, false],
    [{ 'metadata.tier': { $nin: ['paid'] } }, {}, true],
    [{ 'params.model': { $regex: '^gpt-4o' } }, {}, true],
    [{ 'params.model': { $regex: 'GPT' } }, {}, false],
    [{ 'params.model': { $regex: '(' } }, {}, false],
    [{ 'metadata.missing': { $regex: 'undefined' } }, {}, false],
    [{ 'params.model': { $regex: 'mini', $ne: 'gpt-4o-mini' } }, {}, false],
    [{ 'url.pathname': '/v1/chat/completions' }, {}, true],
    [
      { 'url.pathname': '/v1/embeddings' },
      { path: '/embeddings', body: { input: 'a', model: 'text-embedding-3-small' } },
      true,
    ],
    [{ 'url.pathname': '/v1/chat/completions' }, { path: '/chat/completions?x=1' }, true],
    [{ $and: [{ 'metadata.a': '1' }, { 'metadata.b': '2' }] }, { metadata: { a: '1', b: '2' } }, true],
    [{ $and: [{ 'metadata.a': '1' }, { 'metadata.b': '2' }] }, { metadata: { a: '1' } }, false],
    [{ $or: [{ 'metadata.a': '1' }, { 'metadata.b': '2' }] }, { metadata: { b: '2' } }, true],
    [{ $or: [{ 'metadata.a': '1' }], 'metadata.b': '2' }, { metadata: { a: '1' } }, false],
    [{ 'metadata.a': '1', 'metadata.b': '2' }, { metadata: { a: '1' } }, false],
    [{ 'metadata.a.b': '1' }, { metadata: { a: '1' } }, true],
  ])('%j with %j: %j', async (query, asking, expected) => {
    expect(await holds(query, asking)).toBe(expected);
  });

  it('see the body as the client sent it, with its slug and before any override', async () => {
    const seen = { ...config({ 'params.model': '@a/gpt-4o' }), override_params: { model: 'gpt-4o-mini' } };
    expect(await pathOf(seen, { body: { model: '@a/gpt-4o' } })).toBe('config.targets[0]');
  });

  it('see merged metadata, baggage and user included', async () => {
    expect(await holds({ 'metadata.tier': 'paid' }, { headers: { baggage: 'tier=paid' } })).toBe(true);
    expect(await holds({ 'metadata._user': 'ada' }, { body: { user: 'ada' } })).toBe(true);
  });

  it('are asked in order, and the first that holds decides', async () => {
    const first = {
      strategy: {
        mode: 'conditional',
        conditions: [when({ 'metadata.x': '1' }, 'second'), when({ 'metadata.x': { $ne: '2' } }, 'third')],
        default: 'first',
      },
      targets: [key('a', { name: 'first' }), key('b', { name: 'second' }), key('c', { name: 'third' })],
    };
    expect(await pathOf(first, { metadata: { x: '1' } })).toBe('config.targets[1]');
    expect(await pathOf(first, { metadata: { x: '3' } })).toBe('config.targets[2]');
    expect(await pathOf(first, { metadata: { x: '2' } })).toBe('config.targets[0]');
  });

  it('a hostile pattern does not hold up the gateway', async () => {
    expect(await holds({ 'metadata.x': { $regex: '^(a+)+$' } }, { metadata: { x: `${'a'.repeat(100)}!` } })).toBe(
      false,
    );
  });

  it.each<[string, object, string]>([
    [
      'no match and no default',
      {
        strategy: { mode: 'conditional', conditions: [when({ 'metadata.x': '1' }, 'a')] },
        targets: [key('a', { name: 'a' })],
      },
      'Query router did not resolve to any valid target',
    ],
    [
      'no conditions',
      { strategy: { mode: 'conditional', conditions: [], default: 'a' }, targets: [key('a', { name: 'a' })] },
      'No conditions passed in the query router',
    ],
    [
      'a default that names no target',
      {
        strategy: { mode: 'conditional', conditions: [when({ 'metadata.x': '1' }, 'a')], default: 'nobody' },
        targets: [key('a', { name: 'a' })],
      },
      'Invalid target name found in the query router: nobody',
    ],
    [
      'an unknown operator',
      {
        strategy: { mode: 'conditional', conditions: [when({ 'metadata.x': { $like: '1' } }, 'a')], default: 'a' },
        targets: [key('a', { name: 'a' })],
      },
      'Unsupported operator used in the query router: $like',
    ],
  ])('%s is a 400 that ends the call', async (_what, bad, message) => {
    const response = await ask(bad);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-portkey-trace-id')).toBeTruthy();
    expect(await response.json()).toEqual({
      status: 'failure',
      message,
      error: { message, type: 'invalid_config', param: null, code: null },
    });
    expect(fleet.calls()).toEqual({});
  });
});

describe('trees', () => {
  const tree = {
    strategy: { mode: 'conditional', conditions: [when({ 'metadata.x': '1' }, 'deep')], default: 'flat' },
    targets: [
      {
        name: 'deep',
        strategy: { mode: 'loadbalance' },
        targets: [
          key('a', { weight: 0 }),
          {
            weight: 1,
            strategy: { mode: 'fallback' },
            targets: [key('b'), { strategy: { mode: 'single' }, targets: [key('c')] }],
          },
        ],
      },
      key('d', { name: 'flat' }),
    ],
  };

  it('are walked to the leaf, whose whole path is told', async () => {
    fleet.at('b').script({ status: 500 });
    expect(await pathOf(tree, { metadata: { x: '1' } })).toBe('config.targets[0].targets[1].targets[1].targets[0]');
    expect(fleet.calls()).toEqual({ b: 1, c: 1 });
    expect(await pathOf(tree)).toBe('config.targets[1]');
  });

  it('a group inside a fallback counts with the status it came to', async () => {
    fleet.at('a').script({ status: 503 });
    fleet.at('b').script({ status: 500 });
    const inner = { strategy: { mode: 'fallback' }, targets: [key('a'), key('b')] };
    const outer = { strategy: { mode: 'fallback', on_status_codes: [500] }, targets: [inner, key('c')] };
    expect(await pathOf(outer)).toBe('config.targets[1]');
    expect(fleet.calls()).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('single uses the first target and ignores the others', async () => {
    fleet.at('a').script({ status: 503 });
    const response = await ask({ strategy: { mode: 'single' }, targets: [key('a'), key('b')] });
    expect(response.status).toBe(503);
    expect(routingOf(response).path).toBe('config.targets[0]');
  });

  it('what a parent says reaches the leaves, and the nearest wins', async () => {
    const config = {
      strategy: { mode: 'fallback' },
      retry: { attempts: 2 },
      targets: [
        key('a'),
        {
          retry: { attempts: 0 },
          strategy: { mode: 'fallback' },
          targets: [key('b'), key('c', { retry: { attempts: 1 } })],
        },
      ],
    };
    const broken = Array.from({ length: 9 }, () => ({ status: 503 }));
    for (const slug of ['a', 'b', 'c']) fleet.at(slug).script(...broken);
    await ask(config);
    expect(fleet.calls()).toEqual({ a: 3, b: 1, c: 2 });
  });

  it('a config that is too deep or too wide is refused', async () => {
    const deep = Array.from({ length: 9 }).reduce<object>(
      (inner) => ({ strategy: { mode: 'single' }, targets: [inner] }),
      key('a'),
    );
    const wide = { strategy: { mode: 'fallback' }, targets: Array.from({ length: 101 }, () => key('a')) };
    for (const config of [deep, wide]) {
      const response = await ask(config);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ message: 'Invalid config passed' });
    }
    expect(fleet.calls()).toEqual({});
  });
});
