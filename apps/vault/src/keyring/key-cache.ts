import type { KeyObject } from 'node:crypto';
import type { Clock } from '@portolan/service-kit';

export interface KeyCacheSettings {
  readonly clock: Clock;
  readonly entriesMax: number;
  /** How long an unwrapped key may stay in memory. */
  readonly lifetimeMs: number;
}

export interface KeyCache {
  get(name: string): KeyObject | undefined;
  set(name: string, key: KeyObject): void;
  /** Forgets what is too old. Called by a timer, so that an idle vault keeps no keys. */
  sweep(): void;
  clear(): void;
}

/** Unwrapped tenant keys by name, bounded in number and in time; the least recently used goes first. */
export const createKeyCache = ({ clock, entriesMax, lifetimeMs }: KeyCacheSettings): KeyCache => {
  const entries = new Map<string, { readonly key: KeyObject; readonly untilMs: number }>();
  return {
    get: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      entries.delete(name);
      if (entry.untilMs <= clock.monotonicMs()) return undefined;
      entries.set(name, entry);
      return entry.key;
    },
    set: (name, key) => {
      entries.delete(name);
      const oldest = entries.keys().next();
      if (entries.size >= entriesMax && oldest.done !== true) entries.delete(oldest.value);
      entries.set(name, { key, untilMs: clock.monotonicMs() + lifetimeMs });
    },
    sweep: () => {
      const nowMs = clock.monotonicMs();
      for (const [name, { untilMs }] of entries) if (untilMs <= nowMs) entries.delete(name);
    },
    clear: () => entries.clear(),
  };
};

/** Keeps nothing: every key is unwrapped anew. */
export const NO_KEY_CACHE: KeyCache = {
  get: () => undefined,
  set: () => undefined,
  sweep: () => undefined,
  clear: () => undefined,
};
