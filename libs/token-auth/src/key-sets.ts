import { createPublicKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import * as z from 'zod';

/** Where an organization keeps its public keys: in its settings, or at an address. Empty text for neither. */
export interface KeySource {
  readonly jwksJson: string;
  readonly jwksUrl: string;
}

/** The public keys that sign the tokens of an organization's callers. */
export interface KeySets {
  /**
   * Keys by their id.
   * @param keyId  if the set at hand does not have it, the set is fetched anew, but not more often than each half minute
   */
  of(source: KeySource, keyId: string): Promise<ReadonlyMap<string, KeyObject>>;
}

const FETCH_MS = 5_000;
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const MIN_RSA_BITS = 2_048;
const REFRESH_MIN_MS = 30_000;
const KEPT_MS = 3_600_000;
const MAX_SETS = 1_000;

const keySet = z.object({
  keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string() })).max(MAX_KEYS),
});

interface Fetched {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Monotonic, of the attempt. */
  readonly atMs: number;
}

/** @param dispatcher  the guarded way out: an organization names its own URL */
export const createKeySets = (dispatcher: Dispatcher, clock: { monotonicMs(): number }): KeySets => {
  const inline = new LRUCache<string, ReadonlyMap<string, KeyObject>>({ max: MAX_SETS });
  const fetched = new LRUCache<string, Fetched>({ max: MAX_SETS });
  const fetching = new Map<string, Promise<Fetched>>();

  const ofText = (json: string): ReadonlyMap<string, KeyObject> => {
    const known = inline.get(json) ?? keysOf(json);
    inline.set(json, known);
    return known;
  };

  const fetchOnce = (url: string, before: Fetched | undefined): Promise<Fetched> => {
    const under = fetching.get(url);
    if (under !== undefined) return under;
    const work = fetchText(dispatcher, url)
      .then(keysIn)
      // What was good stays good while its owner's server has a bad time.
      .catch(() => before?.keys ?? new Map<string, KeyObject>())
      .then((keys) => {
        const result = { keys, atMs: clock.monotonicMs() };
        fetched.set(url, result);
        return result;
      })
      .finally(() => fetching.delete(url));
    fetching.set(url, work);
    return work;
  };

  return {
    async of({ jwksJson, jwksUrl }, keyId) {
      if (jwksJson !== '') return ofText(jwksJson);
      if (jwksUrl === '') return new Map();
      const known = fetched.get(jwksUrl);
      const ageMs = known === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMs() - known.atMs;
      const isGood = known?.keys.has(keyId) === true && ageMs < KEPT_MS;
      if (known !== undefined && (isGood || ageMs < REFRESH_MIN_MS)) return known.keys;
      return (await fetchOnce(jwksUrl, known)).keys;
    },
  };
};

/** Settings that hold no key set sign for nobody. */
const keysOf = (json: string): ReadonlyMap<string, KeyObject> => {
  try {
    return keysIn(json);
  } catch {
    return new Map();
  }
};

/** RSA keys of at least 2048 bits that have an id; others cannot sign for anyone. */
const keysIn = (json: string): ReadonlyMap<string, KeyObject> => {
  const { keys } = keySet.parse(JSON.parse(json));
  return new Map(
    keys.flatMap((jwk): [string, KeyObject][] => {
      if (jwk.kid === undefined || jwk.kty !== 'RSA') return [];
      const key = createPublicKey({ key: { kty: 'RSA', n: textOf(jwk.n), e: textOf(jwk.e) }, format: 'jwk' });
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      return bits >= MIN_RSA_BITS ? [[jwk.kid, key]] : [];
    }),
  );
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const fetchText = async (dispatcher: Dispatcher, url: string): Promise<string> => {
  const { origin, pathname, search } = new URL(url);
  const { statusCode, body } = await dispatcher.request({
    origin,
    path: pathname + search,
    method: 'GET',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(FETCH_MS),
  });
  let text = '';
  body.setEncoding('utf8');
  for await (const piece of body) {
    text += piece;
    if (text.length > MAX_BYTES) throw new Error('the key set is too long');
  }
  if (statusCode !== 200) throw new Error(`the key set was answered with ${statusCode}`);
  return text;
};
