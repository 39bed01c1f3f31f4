import type { RouteGroup, RouteLeaf, RouteNode } from '@portolan/config-schema';
import { LRUCache } from 'lru-cache';
import type { ConfigRef } from '../exchange.ts';
import { afterOutcome, type BreakerState, isActive, isShut, verdict } from './circuit-breaker.ts';

/** Circuit breakers of the saved configs, by version and path: a new version starts with a clean record. */
export interface Breakers {
  /** The children of a group that may be used now; all of them when none is left. */
  eligible(group: RouteGroup, config: ConfigRef): readonly RouteNode[];
  /** A target is about to be called: if its breaker is half-open, this is its trial. */
  onStart(leaf: RouteLeaf, config: ConfigRef): void;
  onOutcome(leaf: RouteLeaf, config: ConfigRef, status: number): void;
}

const MAX_TARGETS = 10_000;
const KEPT_MS = 24 * 3_600_000;

/** Remembers within this process. */
export const inMemoryBreakers = (nowMs: () => number): Breakers => {
  const states = new LRUCache<string, BreakerState>({ max: MAX_TARGETS, ttl: KEPT_MS });
  const keyOf = (config: ConfigRef, path: string) => `${config.version}:${path}`;
  const store = (key: string, state: BreakerState | undefined) => {
    if (state === undefined) states.delete(key);
    else states.set(key, state);
  };
  return {
    eligible(group, config) {
      // Without a version (an inline config) there is nothing to remember; without a record everything is closed.
      if (config.version === undefined || states.size === 0 || group.mode === 'conditional') return group.children;
      const shut = (path: string) => verdict(states.get(keyOf(config, path)), nowMs()) === 'open';
      const usable = group.children.filter((child) => !isShut(child, shut));
      return usable.length > 0 ? usable : group.children;
    },
    onStart(leaf, config) {
      const key = keyOf(config, leaf.path);
      const state = config.version === undefined ? undefined : states.get(key);
      if (state !== undefined && verdict(state, nowMs()) === 'half-open') {
        states.set(key, { ...state, trialSinceMs: nowMs() });
      }
    },
    onOutcome(leaf, config, status) {
      const breaker = leaf.policy.circuitBreaker;
      if (config.version === undefined || leaf.target.slug === undefined || !isActive(breaker)) return;
      const key = keyOf(config, leaf.path);
      store(key, afterOutcome(breaker, states.get(key), status, nowMs()));
    },
  };
};
