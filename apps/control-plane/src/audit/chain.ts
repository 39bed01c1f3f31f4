import { createHash } from 'node:crypto';

/** What the first row of a chain follows. */
export const CHAIN_START = '0'.repeat(64);

/** JSON with the names of objects in order, so that equal content has equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
};

/** SHA-256 over the row before and this row, in hexadecimal. */
export const chainHash = (previousHash: string, row: unknown): string =>
  createHash('sha256').update(previousHash).update('\n').update(canonicalJson(row)).digest('hex');
