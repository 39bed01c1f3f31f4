import { createHash } from 'node:crypto';
import type { Sql } from '@portolan/sql';

const PURGED_AT_ONCE = 200;

/** Whose failures are counted, and how many there may be in a window. */
export interface FailureBound {
  readonly subject: Uint8Array;
  readonly max: number;
}

/** What stands in the table for an account, an address, the organization that bad tokens name, or an address that begins sign-ins. */
export const failureSubject = (kind: 'account' | 'address' | 'token' | 'start', value: string): Uint8Array =>
  createHash('sha256').update(`${kind}:${value}`).digest();

/**
 * Notes an attempt as failed before it is tried, so that many at once cannot slip through; success takes it back.
 * @returns undefined when it may be tried; else after how many ms it may be tried again
 */
export const reserveAttempt = async (
  tx: Sql,
  bounds: readonly FailureBound[],
  nowMs: number,
  windowMs: number,
): Promise<number | undefined> => {
  const now = new Date(nowMs);
  const since = new Date(nowMs - windowMs);
  const inOrder = bounds.toSorted((a, b) => Buffer.compare(a.subject, b.subject));
  const waits: number[] = [];
  for (const { subject, max } of inOrder) {
    await tx.query(
      `select pg_advisory_xact_lock(('x' || encode(substring($1::bytea from 1 for 8), 'hex'))::bit(64)::bigint)`,
      [subject],
    );
    const rows = await tx.query(
      'select failed_at from sign_in_failures where subject = $1 and failed_at > $2 order by failed_at desc offset $3 limit 1',
      [subject, since, max - 1],
    );
    const last = rows[0]?.failed_at;
    if (last instanceof Date) waits.push(last.getTime() + windowMs - nowMs);
  }
  if (waits.length > 0) return Math.max(...waits);
  for (const { subject } of inOrder) {
    await tx.query('insert into sign_in_failures (subject, failed_at) values ($1, $2)', [subject, now]);
  }
  await tx.query(
    'delete from sign_in_failures where ctid in (select ctid from sign_in_failures where failed_at <= $1 limit $2)',
    [since, PURGED_AT_ONCE],
  );
  return undefined;
};

/** All failures of an account are forgotten when its owner has come in; of an address only this attempt. */
export const forgetFailures = async (tx: Sql, account: Uint8Array, address: Uint8Array): Promise<void> => {
  await tx.query('delete from sign_in_failures where subject = $1', [account]);
  await tx.query(
    'delete from sign_in_failures where ctid in (select ctid from sign_in_failures where subject = $1 order by failed_at desc limit 1)',
    [address],
  );
};
