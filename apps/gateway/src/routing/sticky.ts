import { createHash } from 'node:crypto';
import type { RouteGroup } from '@portolan/config-schema';
import type { Json, JsonObject } from '@portolan/providers';
import { LRUCache } from 'lru-cache';
import type { Routed } from '../exchange.ts';

/** Who was sent where, for a while. The index is that of the config as written. */
export interface StickyStore {
  get(key: string): number | undefined;
  /** The time runs from the first assignment and is not extended. */
  set(key: string, index: number, ttlSeconds: number): void;
}

const MAX_ENTRIES = 100_000;

/** Remembers within this process. */
export const inMemorySticky = (): StickyStore => {
  const entries = new LRUCache<string, number>({ max: MAX_ENTRIES, ttl: 3_600_000, noUpdateTTL: true });
  return {
    get: (key) => entries.get(key),
    set: (key, index, ttlSeconds) => void entries.set(key, index, { ttl: ttlSeconds * 1000 }),
  };
};

/**
 * Identifies caller and group. Undefined when the group is not sticky or its config is not a saved one:
 * without a version there is nothing a later call could be the same as.
 */
export const stickyKey = (group: RouteGroup, call: Routed): string | undefined => {
  if (group.sticky === undefined || call.config.version === undefined) return undefined;
  const fields = group.sticky.hashFields.flatMap((field) => {
    const value = fieldValue(field, call);
    return value === undefined ? [] : [`${field}:${value}`];
  });
  const identity = createHash('sha256')
    .update([call.apiKey.id, ...fields].join('|'))
    .digest('hex');
  return `${call.config.version}:${group.path}:${identity}`;
};

const fieldValue = (field: string, call: Routed): string | undefined => {
  const [source = '', ...path] = field.split('.');
  switch (source) {
    case 'metadata':
      return call.metadata[path.join('.')];
    case 'headers': {
      const value = call.headers.raw[path.join('.').toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    }
    default:
      return source === 'params' ? scalarAt(call.body, path) : undefined;
  }
};

const scalarAt = (body: JsonObject, path: readonly string[]): string | undefined => {
  let at: Json | undefined = body;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return undefined;
    at = (at as JsonObject)[key];
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? String(at) : undefined;
};
