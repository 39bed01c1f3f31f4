import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRow } from './rows.ts';

const PURGED_AT_ONCE = 100;

export interface SignInAttempt {
  readonly stateDigest: Uint8Array;
  readonly sealedSecrets: string;
  readonly returnTo: string;
  readonly expiresAt: Date;
}

/** Remembers somebody who was sent away to sign in, and forgets some who never came back. */
export const insertSignInAttempt = async (tx: Sql, attempt: SignInAttempt, now: Date): Promise<void> => {
  await tx.query(
    'insert into sign_in_attempts (state_digest, sealed_secrets, return_to, expires_at) values ($1, $2, $3, $4)',
    [attempt.stateDigest, attempt.sealedSecrets, attempt.returnTo, attempt.expiresAt],
  );
  await tx.query(
    'delete from sign_in_attempts where state_digest in (select state_digest from sign_in_attempts where expires_at <= $1 limit $2)',
    [now, PURGED_AT_ONCE],
  );
};

const attemptRow = z.object({ sealed_secrets: z.string(), return_to: z.string() });

/** The attempt of a state, which is good once. */
export const takeSignInAttempt = async (
  tx: Sql,
  stateDigest: Uint8Array,
  now: Date,
): Promise<z.output<typeof attemptRow> | undefined> =>
  readRow(
    attemptRow,
    await tx.query(
      'delete from sign_in_attempts where state_digest = $1 and expires_at > $2 returning sealed_secrets, return_to',
      [stateDigest, now],
    ),
  );
