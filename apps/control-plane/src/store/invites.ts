import type { OrganisationRole, WorkspaceRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const inviteRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  email: z.string(),
  role: z.enum(['owner', 'admin', 'member']) satisfies z.ZodType<OrganisationRole>,
  workspaces: z.array(
    z.object({
      workspace_id: z.string(),
      role: z.enum(['admin', 'manager', 'member']) satisfies z.ZodType<WorkspaceRole>,
    }),
  ),
  api_key_details: z
    .object({
      name: z.string().nullable(),
      scopes: z.array(z.string()),
      metadata: z.record(z.string(), z.string()),
      expires_at: z.string().nullable(),
    })
    .nullable(),
  status: z.enum(['pending', 'cancelled', 'accepted', 'expired']),
  invited_by: z.string().nullable(),
  created_at: z.date(),
  expires_at: z.date(),
  accepted_at: z.date().nullable(),
});

export type InviteRow = z.output<typeof inviteRow>;

export type InviteStatus = InviteRow['status'];

const COLUMNS = `i.id, i.organization_id, i.email, i.role, i.workspaces, i.api_key_details, i.invited_by, i.created_at, i.expires_at,
  i.accepted_at, case when i.status = 'pending' and i.expires_at <= $1 then 'expired' else i.status end as status`;

export interface InviteFilter {
  readonly organizationId: string;
  readonly role: string | null;
  readonly email: string | null;
  readonly status: InviteStatus | null;
}

/** Invites, newest first. */
export const listInvites = async (
  sql: Sql,
  { organizationId, role, email, status }: InviteFilter,
  now: Date,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly InviteRow[] }> => {
  const from = `from (select ${COLUMNS} from invites i where i.organization_id = $2) i
    where ($3::text is null or role = $3) and ($4::text is null or lower(email) = lower($4)) and ($5::text is null or status = $5)`;
  const params = [now, organizationId, role, email, status];
  const total = await count(sql, `select count(*) as total ${from}`, params);
  const rows = await sql.query(`select * ${from} order by created_at desc, id limit $6 offset $7`, [
    ...params,
    limit,
    offset,
  ]);
  return { total, rows: readRows(inviteRow, rows) };
};

export const findInvite = async (
  sql: Sql,
  organizationId: string,
  id: string,
  now: Date,
  lock: 'lock' | 'look' = 'look',
): Promise<InviteRow | undefined> =>
  readRow(
    inviteRow,
    await sql.query(
      `select ${COLUMNS} from invites i where i.organization_id = $2 and i.id = $3 ${lock === 'lock' ? 'for update' : ''}`,
      [now, organizationId, id],
    ),
  );

/** The invite that a link is for, if it may still be accepted. */
export const findOpenInvite = async (
  sql: Sql,
  tokenDigest: Uint8Array,
  now: Date,
  lock: 'lock' | 'look' = 'look',
): Promise<InviteRow | undefined> =>
  readRow(
    inviteRow,
    await sql.query(
      `select ${COLUMNS} from invites i where i.token_digest = $2 and i.status = 'pending' and i.expires_at > $1 ${lock === 'lock' ? 'for update' : ''}`,
      [now, tokenDigest],
    ),
  );

/** Invites that an address may still accept, the oldest first. Locks them. */
export const lockOpenInvitesOf = async (tx: Sql, email: string, now: Date): Promise<readonly InviteRow[]> =>
  readRows(
    inviteRow,
    await tx.query(
      `select ${COLUMNS} from invites i where lower(i.email) = lower($2) and i.status = 'pending' and i.expires_at > $1
       order by i.created_at, i.id limit 100 for update`,
      [now, email],
    ),
  );

export interface NewInvite {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: OrganisationRole;
  readonly workspaces: InviteRow['workspaces'];
  readonly apiKeyDetails: InviteRow['api_key_details'];
  readonly tokenDigest: Uint8Array;
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export const insertInvite = async (tx: Sql, invite: NewInvite): Promise<void> => {
  await tx.query(
    `insert into invites (id, organization_id, email, role, workspaces, api_key_details, token_digest, invited_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      invite.id,
      invite.organizationId,
      invite.email,
      invite.role,
      JSON.stringify(invite.workspaces),
      invite.apiKeyDetails === null ? null : JSON.stringify(invite.apiKeyDetails),
      invite.tokenDigest,
      invite.invitedBy,
      invite.createdAt,
      invite.expiresAt,
    ],
  );
};

/** Gives an invite another link and another end; the old link is of no use any more. */
export const renewInvite = async (tx: Sql, id: string, tokenDigest: Uint8Array, expiresAt: Date): Promise<void> => {
  await tx.query('update invites set token_digest = $2, expires_at = $3 where id = $1', [id, tokenDigest, expiresAt]);
};

export const cancelInvite = async (tx: Sql, id: string): Promise<void> => {
  await tx.query(`update invites set status = 'cancelled' where id = $1 and status = 'pending'`, [id]);
};

/** Cancels what somebody has begun who leaves, or who could not begin it any more. */
export const cancelInvitesBy = async (tx: Sql, organizationId: string, userId: string): Promise<void> => {
  await tx.query(
    `update invites set status = 'cancelled' where organization_id = $1 and invited_by = $2 and status = 'pending'`,
    [organizationId, userId],
  );
};

/** Whether an account with this address may have come from the link of an invite. */
export const wasInvited = async (sql: Sql, email: string): Promise<boolean> => {
  const rows = await sql.query(
    `select id from invites where lower(email) = lower($1) and status = 'accepted' limit 1`,
    [email],
  );
  return rows.length > 0;
};

export const markInviteAccepted = async (tx: Sql, id: string, acceptedAt: Date): Promise<void> => {
  await tx.query(`update invites set status = 'accepted', accepted_at = $2 where id = $1`, [id, acceptedAt]);
};
