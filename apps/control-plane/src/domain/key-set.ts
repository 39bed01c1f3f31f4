import { createPublicKey } from 'node:crypto';
import { isObject, type JsonObject } from './json.ts';

const KEYS_MAX = 32;
const MODULUS_BITS_MIN = 2_048;
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const;

const modulusBits = ({ n, e }: JsonObject): number | undefined => {
  if (typeof n !== 'string' || typeof e !== 'string') return undefined;
  try {
    return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).asymmetricKeyDetails?.modulusLength;
  } catch {
    return undefined;
  }
};

const keyProblem = (key: unknown): string | undefined => {
  if (!isObject(key)) return 'must be an object';
  if (PRIVATE_PARTS.some((part) => Object.hasOwn(key, part))) return 'holds a private key: give the public part only';
  if (key.kty !== 'RSA') return 'must be an RSA key: tokens are signed with RS256';
  if (typeof key.kid !== 'string' || key.kid === '') return 'must have a kid';
  if (key.alg !== undefined && key.alg !== 'RS256') return 'must be for RS256';
  const bits = modulusBits(key);
  if (bits === undefined) return 'is no RSA key that can be read';
  return bits < MODULUS_BITS_MIN ? `must have at least ${MODULUS_BITS_MIN} bits` : undefined;
};

/** What is wrong with a key set that tokens are to be verified by: a line for each problem, with its path. */
export const keySetProblems = (set: JsonObject): readonly { readonly path: string; readonly message: string }[] => {
  const { keys } = set;
  if (!Array.isArray(keys) || keys.length === 0) return [{ path: 'jwks.keys', message: 'must be an array with keys' }];
  if (keys.length > KEYS_MAX) return [{ path: 'jwks.keys', message: `may hold at most ${KEYS_MAX} keys` }];
  const names = keys.map((key: unknown) => (isObject(key) ? key.kid : undefined));
  if (new Set(names).size < names.length) return [{ path: 'jwks.keys', message: 'has two keys with one kid' }];
  return keys.flatMap((key: unknown, at) => {
    const message = keyProblem(key);
    return message === undefined ? [] : [{ path: `jwks.keys.${at}`, message }];
  });
};
