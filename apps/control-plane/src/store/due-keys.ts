import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRow, readRows } from './rows.ts';

const expired = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  name: z.string(),
  expires_at: z.date(),
});

/** Something whose time was over. */
export type ExpiredRow = z.output<typeof expired>;

const noteExpiries =
  (table: 'api_keys' | 'virtual_keys', ended: 'revoked' | 'archived') =>
  async (tx: Sql, now: Date, max: number): Promise<readonly ExpiredRow[]> =>
    readRows(
      expired,
      await tx.query(
        `update ${table} set expiry_noted_at = $1, generation = generation + 1 where id in (
           select id from ${table} where expiry_noted_at is null and status <> '${ended}' and expires_at <= $1
           order by expires_at limit $2 for update skip locked)
         returning id, organization_id, workspace_id, name, expires_at`,
        [now, max],
      ),
    );

/** Notes once that keys have expired. @returns those that were not noted before */
export const noteExpiredApiKeys = noteExpiries('api_keys', 'revoked');
export const noteExpiredVirtualKeys = noteExpiries('virtual_keys', 'archived');

const due = z.object({ id: z.string(), organization_id: z.string() });

/**
 * Takes on the next key whose rotation is due, by putting it off: nobody else takes it on until then, and if this attempt comes to
 * nothing it is due again.
 */
export const claimDueRotation = async (sql: Sql, now: Date, until: Date): Promise<z.output<typeof due> | undefined> =>
  readRow(
    due,
    await sql.query(
      `update api_keys set next_rotation_at = $2 where id = (
         select id from api_keys where next_rotation_at <= $1 and status <> 'revoked' and (expires_at is null or expires_at > $1)
         order by next_rotation_at, id limit 1 for update skip locked)
       returning id, organization_id`,
      [now, until],
    ),
  );

const ending = z.object({
  digest: z.instanceof(Uint8Array),
  masked: z.string(),
  ends_at: z.date(),
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
});

/** Secrets that end before a moment and whose owners have not been told, those of dead keys left out. */
export const secretsToWarnOf = async (
  sql: Sql,
  now: Date,
  before: Date,
  max: number,
): Promise<readonly z.output<typeof ending>[]> =>
  readRows(
    ending,
    await sql.query(
      `select s.digest, s.masked, s.ends_at, k.id, k.organization_id, k.name from api_key_secrets s join api_keys k on k.id = s.api_key_id
       where s.warned_at is null and s.ends_at > $1 and s.ends_at <= $2 and k.status <> 'revoked'
         and (k.expires_at is null or k.expires_at > $1)
       order by s.ends_at limit $3`,
      [now, before, max],
    ),
  );

export const markWarned = async (sql: Sql, digest: Uint8Array, now: Date): Promise<void> => {
  await sql.query('update api_key_secrets set warned_at = $2 where digest = $1', [digest, now]);
};

const over = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  masked: z.string(),
});

/** Removes secrets whose time is over, and raises their keys. */
export const removeEndedSecrets = async (tx: Sql, now: Date, max: number): Promise<readonly z.output<typeof over>[]> =>
  readRows(
    over,
    await tx.query(
      `with gone as (
         delete from api_key_secrets where digest in (
           select digest from api_key_secrets where ends_at <= $1 order by ends_at limit $2 for update skip locked)
         returning api_key_id, masked
       ), raised as (
         update api_keys set generation = generation + 1 where id in (select api_key_id from gone)
         returning id, organization_id, workspace_id
       )
       select r.id, r.organization_id, r.workspace_id, g.masked from raised r join gone g on g.api_key_id = r.id`,
      [now, max],
    ),
  );

/** The address of whoever a key belongs to: its user, or the person who made it. */
export const ownerEmail = async (sql: Sql, apiKeyId: string): Promise<string | undefined> => {
  const [row] = await sql.query(
    `select u.email from api_keys k join users u on u.id = coalesce(k.user_id, k.created_by)
       join organization_members m on m.user_id = u.id and m.organization_id = k.organization_id where k.id = $1`,
    [apiKeyId],
  );
  return typeof row?.email === 'string' ? row.email : undefined;
};
