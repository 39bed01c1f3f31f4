import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRow } from './rows.ts';

const PURGED_AT_ONCE = 100;

export interface NewSession {
  readonly tokenDigest: Uint8Array;
  readonly userId: string;
  readonly organizationId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Opens a session, and clears some that have ended. */
export const insertSession = async (tx: Sql, session: NewSession): Promise<void> => {
  await tx.query(
    'insert into sessions (token_digest, user_id, organization_id, created_at, expires_at) values ($1, $2, $3, $4, $5)',
    [session.tokenDigest, session.userId, session.organizationId, session.createdAt, session.expiresAt],
  );
  await tx.query(
    'delete from sessions where token_digest in (select token_digest from sessions where expires_at <= $1 limit $2)',
    [session.createdAt, PURGED_AT_ONCE],
  );
};

const sessionRow = z.object({ user_id: z.string(), organization_id: z.string(), expires_at: z.date() });

export type SessionRow = z.output<typeof sessionRow>;

/** A session that has not ended. */
export const findSession = async (sql: Sql, tokenDigest: Uint8Array, now: Date): Promise<SessionRow | undefined> =>
  readRow(
    sessionRow,
    await sql.query(
      'select user_id, organization_id, expires_at from sessions where token_digest = $1 and expires_at > $2',
      [tokenDigest, now],
    ),
  );

export const deleteSession = async (tx: Sql, tokenDigest: Uint8Array): Promise<void> => {
  await tx.query('delete from sessions where token_digest = $1', [tokenDigest]);
};

/** Ends the sessions of somebody: those in one organization, or (null) all of them. */
export const deleteSessionsOf = async (tx: Sql, userId: string, organizationId: string | null): Promise<void> => {
  await tx.query('delete from sessions where user_id = $1 and ($2::text is null or organization_id = $2)', [
    userId,
    organizationId,
  ]);
};
