import type { RouteGroup } from '@portolan/config-schema';
import { describe, expect, it, vi } from 'vitest';
import { API_KEY, groupOf, routedCall } from '../testing/routes.ts';
import { loadBalance } from './load-balance.ts';
import { inMemorySticky, type StickyStore, stickyKey } from './sticky.ts';

const sticky = (hashFields: readonly string[], weights: readonly number[] = [1, 1]) =>
  groupOf({
    strategy: { mode: 'loadbalance', sticky: { enabled: true, hash_fields: hashFields, ttl: 60 } },
    targets: weights.map((weight) => ({ provider: 'openai', api_key: 'k', weight })),
  });

type CallParts = NonNullable<Parameters<typeof routedCall>[1]>;
const keyOf = (group: RouteGroup, parts: CallParts = {}): string | undefined =>
  stickyKey(group, routedCall(group, parts));

describe('who is the same caller', () => {
  const group = sticky(['metadata.session_id', 'params.user.id', 'headers.X-Team']);
  const same: CallParts = {
    metadata: { session_id: '1', other: 'a' },
    body: { user: { id: 7 }, model: 'a' },
    headers: { 'x-team': 'blue' },
  };

  it('equal fields make an equal key, whatever else differs', () => {
    const other: CallParts = {
      metadata: { session_id: '1', other: 'b' },
      body: { user: { id: 7 }, model: 'b' },
      headers: { 'x-team': 'blue', 'x-more': '1' },
    };
    expect(keyOf(group, other)).toBe(keyOf(group, same));
  });

  it.each<[string, CallParts]>([
    ['metadata', { ...same, metadata: { session_id: '2' } }],
    ['a nested parameter', { ...same, body: { user: { id: 8 } } }],
    ['a header', { ...same, headers: { 'x-team': 'red' } }],
    ['a field that is missing', { ...same, metadata: {} }],
    ['the API key', { ...same, apiKey: { ...API_KEY, id: 'key-2' } }],
    ['the version of the config', { ...same, config: { slug: 'pc-1', version: 'v2' } }],
  ])('%s makes another', (_what, parts) => {
    expect(keyOf(group, parts)).not.toBe(keyOf(group, same));
  });

  it('two groups of one config do not share their memory', () => {
    const root = groupOf({
      strategy: { mode: 'fallback' },
      targets: [0, 1].map(() => ({
        strategy: { mode: 'loadbalance', sticky: { enabled: true, hash_fields: [] } },
        targets: [{ provider: 'openai', api_key: 'k' }],
      })),
    });
    const keys = root.children.map((child) => (child.kind === 'group' ? keyOf(child) : undefined));
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(undefined);
  });

  it('the key does not show what it was made of', () => {
    expect(keyOf(group, { ...same, metadata: { session_id: 'canary' } })).not.toContain('canary');
  });

  it('a config that is not saved has no memory, nor has a group that is not sticky', () => {
    expect(keyOf(group, { ...same, config: { slug: 'inline', version: undefined } })).toBeUndefined();
    expect(
      keyOf(groupOf({ strategy: { mode: 'loadbalance' }, targets: [{ provider: 'openai', api_key: 'k' }] })),
    ).toBeUndefined();
  });
});

describe('a sticky draw', () => {
  const drawn = (
    group: RouteGroup,
    store: StickyStore,
    random: number,
    eligible = group.children,
  ): string | undefined => {
    const step = loadBalance(group, {
      call: routedCall(group),
      random: () => random,
      sticky: store,
      eligible: () => eligible,
    }).next();
    return step.done ? undefined : step.value.path;
  };

  it('holds whatever the dice say later', () => {
    const group = sticky([]);
    const store = inMemorySticky();
    expect(drawn(group, store, 0.9)).toBe('config.targets[1]');
    expect(drawn(group, store, 0)).toBe('config.targets[1]');
  });

  it('is made anew when its target is behind an open breaker', () => {
    const group = sticky([]);
    const store = inMemorySticky();
    expect(drawn(group, store, 0)).toBe('config.targets[0]');
    expect(drawn(group, store, 0, group.children.slice(1))).toBe('config.targets[1]');
  });

  it('is made anew when its target is drained', () => {
    const store = inMemorySticky();
    const group = sticky([], [0, 1]);
    const key = stickyKey(group, routedCall(group));
    store.set(key ?? '', 0, 60);
    expect(drawn(group, store, 0)).toBe('config.targets[1]');
  });

  it('remembers the place in the config, not among those left', () => {
    const group = sticky([], [1, 1, 1]);
    const store = inMemorySticky();
    expect(drawn(group, store, 0, group.children.slice(2))).toBe('config.targets[2]');
    expect(drawn(group, store, 0)).toBe('config.targets[2]');
  });
});

it('the memory lasts as long as it was told, from the first assignment on', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let nowMs = 1_000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
    vi.advanceTimersByTime(ms);
  };
  try {
    const store = inMemorySticky();
    store.set('a', 1, 60);
    pass(50_000);
    store.set('a', 2, 60);
    expect(store.get('a')).toBe(2);
    pass(9_000);
    expect(store.get('a')).toBe(2);
    pass(2_000);
    expect(store.get('a')).toBeUndefined();
    store.set('a', 3, 60);
    pass(50_000);
    expect(store.get('a')).toBe(3);
  } finally {
    clock.mockRestore();
    vi.useRealTimers();
  }
});
