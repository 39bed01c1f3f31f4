import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '@portolan/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Fleet, routingOf, startFleet } from '../testing/fleet.ts';
import { type GatewayUnderTest, startGateway } from '../testing/start-gateway.ts';

let fleet: Fleet;
let gateway: GatewayUnderTest;

const breaker = (mode: string, rest: object = {}) => ({
  strategy: { mode, cb_config: { failure_threshold: 2, cooldown_interval: 30_000, ...rest } },
  targets: [{ virtual_key: 'one' }, { virtual_key: 'two' }],
});

const sticky = (ttl: number) => ({
  strategy: { mode: 'loadbalance', sticky: { enabled: true, hash_fields: ['headers.X-Session', 'params.user'], ttl } },
  targets: [{ virtual_key: 'one' }, { virtual_key: 'two' }],
});

let drawAt = 0;

beforeAll(async () => {
  fleet = await startFleet({ one: 'openai', two: 'openai' });
  gateway = await startGateway({
    virtualKeys: fleet.virtualKeys,
    random: () => drawAt,
    configs: Object.fromEntries([
      ...['fallback', 'changed', 'both', 'trial', 'left'].map((name) => [`pc-${name}`, breaker('fallback')]),
      ['pc-balance', breaker('loadbalance')],
      ['pc-low', breaker('fallback', { failure_threshold: 1, cooldown_interval: 1 })],
      ['pc-sticky', sticky(3_600)],
      ['pc-sticky-changed', sticky(3_600)],
    ]),
  });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
});
beforeEach(() => {
  fleet.reset();
  drawAt = 0;
});
afterEach(() => vi.restoreAllMocks());

const ask = (config: unknown, headers: Record<string, string> = {}, rest: object = {}) =>
  gateway.post(
    '/chat/completions',
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...rest },
    { config, headers },
  );
const pathOf = async (config: unknown, headers?: Record<string, string>, rest?: object) =>
  routingOf(await ask(config, headers, rest)).path;

const FIRST = 'config.targets[0]';
const SECOND = 'config.targets[1]';

/** Lets the first target fail as often as its breaker allows. */
const open = async (config: unknown): Promise<void> => {
  fleet.at('one').script({ status: 500 }, { status: 500 });
  await ask(config);
  await ask(config);
  expect(fleet.at('one').requests).toHaveLength(2);
};

/** Time as the breakers see it. */
const clock = () => {
  let nowMs = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  return { pass: (ms: number) => (nowMs += ms) };
};

/** A new version of a saved config, put in place as an editor would. */
const save = async (slug: string, config: object): Promise<void> => {
  await writeFile(join(gateway.dir, 'new-config'), JSON.stringify(config));
  await rename(join(gateway.dir, 'new-config'), join(gateway.dir, 'configs', `${slug}.json`));
};

describe('a target that failed often enough', () => {
  it('is left out of its group, and the other keeps its place', async () => {
    await open('pc-fallback');
    for (let call = 0; call < 3; call++) expect(await pathOf('pc-fallback')).toBe(SECOND);
    expect(fleet.calls()).toEqual({ one: 2, two: 5 });
  });

  it('is not drawn either', async () => {
    await open('pc-balance');
    expect(await pathOf('pc-balance')).toBe(SECOND);
  });

  it('of an inline config is never left out', async () => {
    await open(breaker('fallback'));
    expect(await pathOf(breaker('fallback'))).toBe(FIRST);
  });

  it('is used again after its cooldown, one trial at a time: a good one closes the breaker', async () => {
    const { pass } = clock();
    await open('pc-trial');
    pass(29_000);
    expect(await pathOf('pc-trial')).toBe(SECOND);
    pass(1_000);
    let release: () => void = () => undefined;
    fleet.at('one').script({ hold: new Promise<void>((resolve) => (release = resolve)) });
    const trial = pathOf('pc-trial');
    await until(() => fleet.at('one').requests.length === 3);
    expect(await pathOf('pc-trial')).toBe(SECOND);
    release();
    expect(await trial).toBe(FIRST);
    expect(await pathOf('pc-trial')).toBe(FIRST);
  });

  it('a bad trial opens the breaker for another cooldown', async () => {
    const { pass } = clock();
    await open('pc-left');
    pass(30_000);
    fleet.at('one').script({ status: 500 });
    expect(await pathOf('pc-left')).toBe(SECOND);
    expect(fleet.at('one').requests).toHaveLength(3);
    pass(29_999);
    expect(await pathOf('pc-left')).toBe(SECOND);
    expect(fleet.at('one').requests).toHaveLength(3);
    pass(1);
    expect(await pathOf('pc-left')).toBe(FIRST);
  });

  it('a cooldown below the minimum counts as the minimum', async () => {
    const { pass } = clock();
    fleet.at('one').script({ status: 500 });
    await ask('pc-low');
    pass(29_999);
    expect(await pathOf('pc-low')).toBe(SECOND);
    pass(1);
    expect(await pathOf('pc-low')).toBe(FIRST);
  });
});

it('when every target is open the breakers are ignored', async () => {
  const broken = Array.from({ length: 2 }, () => ({ status: 500 }));
  fleet.at('one').script(...broken);
  fleet.at('two').script(...broken);
  await ask('pc-both');
  await ask('pc-both');
  expect(await pathOf('pc-both')).toBe(FIRST);
});

it('a new version of the config starts with closed breakers', async () => {
  await open('pc-changed');
  expect(await pathOf('pc-changed')).toBe(SECOND);
  await save('pc-changed', { ...breaker('fallback'), retry: { attempts: 0 } });
  expect(await until(async () => (await pathOf('pc-changed')) === FIRST)).toBe(true);
});

describe('a sticky group', () => {
  const session = (name: string) => ({ 'x-session': name });

  it('sends the same caller to the same target, whatever the dice say', async () => {
    drawAt = 0.9;
    expect(await pathOf('pc-sticky', session('a'), { user: 'ada' })).toBe(SECOND);
    drawAt = 0;
    expect(await pathOf('pc-sticky', session('a'), { user: 'ada' })).toBe(SECOND);
    expect(await pathOf('pc-sticky', session('b'), { user: 'ada' })).toBe(FIRST);
    expect(await pathOf('pc-sticky', session('a'), { user: 'grace' })).toBe(FIRST);
    drawAt = 0.9;
    expect(await pathOf('pc-sticky', session('b'), { user: 'ada' })).toBe(FIRST);
  });

  it('of an inline config draws each time', async () => {
    drawAt = 0.9;
    expect(await pathOf(sticky(3_600), session('a'))).toBe(SECOND);
    drawAt = 0;
    expect(await pathOf(sticky(3_600), session('a'))).toBe(FIRST);
  });

  it('forgets when its config gets a new version', async () => {
    drawAt = 0.9;
    expect(await pathOf('pc-sticky-changed', session('a'))).toBe(SECOND);
    drawAt = 0;
    expect(await pathOf('pc-sticky-changed', session('a'))).toBe(SECOND);
    await save('pc-sticky-changed', sticky(1_800));
    expect(await until(async () => (await pathOf('pc-sticky-changed', session('a'))) === FIRST)).toBe(true);
  });
});

describe('saved configs in a folder', () => {
  it('are there a moment after they were written, and stay in force when a bad version comes', async () => {
    await save('pc-later', { virtual_key: 'two' });
    await until(async () => (await ask('pc-later')).status === 200);
    await save('pc-later', { strategy: { mode: 'nonsense' } });
    await save('pc-after', { virtual_key: 'one' });
    await until(async () => (await ask('pc-after')).status === 200);
    expect((await ask('pc-later')).status).toBe(200);
  });
});
