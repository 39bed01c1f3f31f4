import type { RouteGroup, RouteLeaf } from '@portolan/config-schema';
import { leaves } from '@portolan/config-schema';
import { describe, expect, it } from 'vitest';
import type { ConfigRef } from '../exchange.ts';
import { groupOf, when } from '../testing/routes.ts';
import { inMemoryBreakers } from './breakers.ts';

const saved: ConfigRef = { slug: 'pc-1', version: 'v1' };
const cb = { failure_threshold: 1, cooldown_interval: 30_000 };

const fallbackOf = (...targets: object[]): RouteGroup =>
  groupOf({ strategy: { mode: 'fallback', cb_config: cb }, targets });

const group = fallbackOf({ virtual_key: 'a' }, { virtual_key: 'b' }, { virtual_key: 'c' });

const leafAt = (root: RouteGroup, path: string): RouteLeaf => {
  const leaf = leaves(root).find((each) => each.path === path);
  if (leaf === undefined) throw new Error(`no leaf at ${path}`);
  return leaf;
};

const start = () => {
  const clock = { nowMs: 0 };
  const breakers = inMemoryBreakers(() => clock.nowMs);
  const end = (path: string, status: number, config = saved, root = group) =>
    breakers.onOutcome(leafAt(root, path), config, status);
  const usable = (config = saved, root = group): string[] => breakers.eligible(root, config).map(({ path }) => path);
  return { clock, breakers, end, usable };
};

const ALL = ['config.targets[0]', 'config.targets[1]', 'config.targets[2]'];

describe('breakers of a saved config', () => {
  it('leave an open target out of its group, and name the others by their place in the config', () => {
    const { end, usable } = start();
    expect(usable()).toEqual(ALL);
    end('config.targets[0]', 503);
    expect(usable()).toEqual(ALL.slice(1));
  });

  it('are ignored when none of a group is left', () => {
    const { end, usable } = start();
    for (const path of ALL) end(path, 503);
    expect(usable()).toEqual(ALL);
  });

  it('start anew with a new version, and every config has its own', () => {
    const { end, usable } = start();
    end('config.targets[0]', 503);
    expect(usable({ slug: 'pc-1', version: 'v2' })).toEqual(ALL);
    expect(usable()).toEqual(ALL.slice(1));
  });

  it('let one trial through after the cooldown, and only one', () => {
    const { clock, breakers, end, usable } = start();
    end('config.targets[0]', 503);
    clock.nowMs = 29_999;
    expect(usable()).toEqual(ALL.slice(1));
    clock.nowMs = 30_000;
    expect(usable()).toEqual(ALL);
    breakers.onStart(leafAt(group, 'config.targets[0]'), saved);
    expect(usable()).toEqual(ALL.slice(1));
    end('config.targets[0]', 200);
    expect(usable()).toEqual(ALL);
  });

  it('a group whose targets are all open counts as open', () => {
    const inner = { strategy: { mode: 'loadbalance' }, targets: [{ virtual_key: 'b' }, { virtual_key: 'c' }] };
    const root = fallbackOf({ virtual_key: 'a' }, inner);
    const { end, usable } = start();
    end('config.targets[1].targets[0]', 503, saved, root);
    expect(usable(saved, root)).toHaveLength(2);
    end('config.targets[1].targets[1]', 503, saved, root);
    expect(usable(saved, root)).toEqual(['config.targets[0]']);
  });
});

describe('no breaker works', () => {
  it('for a config that is not saved', () => {
    const { end, usable } = start();
    const inline: ConfigRef = { slug: 'inline', version: undefined };
    end('config.targets[0]', 503, inline);
    expect(usable(inline)).toEqual(ALL);
  });

  it('for a target without a vault entry', () => {
    const root = fallbackOf({ provider: 'openai', api_key: 'k' }, { virtual_key: 'b' });
    const { end, usable } = start();
    end('config.targets[0]', 503, saved, root);
    expect(usable(saved, root)).toHaveLength(2);
  });

  it('without a threshold', () => {
    const root = groupOf({
      strategy: { mode: 'fallback', cb_config: { cooldown_interval: 30_000 } },
      targets: [{ virtual_key: 'a' }, { virtual_key: 'b' }],
    });
    const { end, usable } = start();
    end('config.targets[0]', 503, saved, root);
    expect(usable(saved, root)).toHaveLength(2);
  });

  it('in a conditional group, which does not pass one on either', () => {
    const root = groupOf({
      strategy: {
        mode: 'conditional',
        cb_config: cb,
        conditions: [when({ 'params.model': 'x' }, 'a')],
        default: 'b',
      },
      targets: [
        { name: 'a', virtual_key: 'a' },
        { name: 'b', virtual_key: 'b' },
      ],
    });
    const { end, usable } = start();
    end('config.targets[0]', 503, saved, root);
    expect(usable(saved, root)).toHaveLength(2);
  });
});
