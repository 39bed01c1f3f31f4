import type { Sql } from '@portolan/sql';
import type { JsonObject } from '../domain/json.ts';
import { type AuditRow, auditHead, auditRowsAfter } from '../store/audit-log.ts';
import { CHAIN_START, chainHash } from './chain.ts';

const BATCH = 500;

/** What a row's hash covers, from what is stored. */
const coveredColumns = (row: AuditRow): JsonObject => {
  const { previous_hash: _previous, hash: _hash, ...covered } = row;
  return { ...covered, sequence: String(row.sequence), at: row.at.toISOString() };
};

/** How a stretch of a chain was found. */
export interface Verification {
  readonly checked: number;
  /** The first number whose row is missing, changed or not chained to the one before; null when all is well so far. */
  readonly firstBroken: bigint | null;
  /** Up to where it was looked at. */
  readonly until: bigint;
  /** Whether there is more to look at. */
  readonly hasMore: boolean;
}

const hashBefore = async (sql: Sql, organizationId: string, after: bigint): Promise<string> => {
  if (after === 0n) return CHAIN_START;
  const [row] = await auditRowsAfter(sql, organizationId, after - 1n, 1);
  return row?.sequence === after ? row.hash : '';
};

/**
 * Walks the chain of an organization in batches and computes every hash anew.
 * @param after  the number of a row that was found well before; 0 begins at the beginning
 * @param max    of rows to look at now
 */
export const verifyChain = async (
  sql: Sql,
  organizationId: string,
  after: bigint,
  max: number,
): Promise<Verification> => {
  const head = await auditHead(sql, organizationId);
  const end = head?.sequence ?? 0n;
  let previous = await hashBefore(sql, organizationId, after);
  let until = after;
  let checked = 0;
  const broken = (sequence: bigint): Verification => ({ checked, firstBroken: sequence, until, hasMore: false });
  while (until < end && checked < max) {
    const rows = await auditRowsAfter(sql, organizationId, until, Math.min(BATCH, max - checked));
    if (rows.length === 0) return broken(until + 1n);
    for (const row of rows) {
      // Rows that were added meanwhile are for the next time.
      if (row.sequence > end) break;
      const isNext = row.sequence === until + 1n && row.previous_hash === previous;
      if (!isNext || chainHash(previous, coveredColumns(row)) !== row.hash) return broken(until + 1n);
      previous = row.hash;
      until = row.sequence;
      checked += 1;
    }
  }
  if (until === end && head !== undefined && previous !== head.hash) return broken(end);
  return { checked, firstBroken: null, until, hasMore: until < end };
};
