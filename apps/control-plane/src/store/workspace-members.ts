import type { OrganisationRole, WorkspaceRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const memberRow = z.object({
  id: z.string(),
  workspace_id: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  org_role: z.enum(['owner', 'admin', 'member']) satisfies z.ZodType<OrganisationRole>,
  role: z.enum(['admin', 'manager', 'member']) satisfies z.ZodType<WorkspaceRole>,
  created_at: z.date(),
  updated_at: z.date(),
});

/** A person in a workspace. */
export type MemberRow = z.output<typeof memberRow>;

const FROM = `
  from workspace_members m
  join workspaces w on w.id = m.workspace_id
  join users u on u.id = m.user_id
  join organization_members o on o.user_id = m.user_id and o.organization_id = w.organization_id`;

const COLUMNS =
  'u.id, m.workspace_id, u.email, u.first_name, u.last_name, o.role as org_role, m.role, m.created_at, m.updated_at';

export interface MemberFilter {
  readonly workspaceId: string;
  readonly role: string | null;
  readonly email: string | null;
}

/** The members of a workspace, newest first. */
export const listWorkspaceMembers = async (
  sql: Sql,
  { workspaceId, role, email }: MemberFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly MemberRow[] }> => {
  const where = `where m.workspace_id = $1 and ($2::text is null or m.role = $2) and ($3::text is null or lower(u.email) = lower($3))`;
  const params = [workspaceId, role, email];
  const total = await count(sql, `select count(*) as total ${FROM} ${where}`, params);
  const rows = await sql.query(
    `select ${COLUMNS} ${FROM} ${where} order by m.created_at desc, u.id limit $4 offset $5`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(memberRow, rows) };
};

export const findWorkspaceMember = async (
  sql: Sql,
  workspaceId: string,
  userId: string,
): Promise<MemberRow | undefined> =>
  readRow(
    memberRow,
    await sql.query(`select ${COLUMNS} ${FROM} where m.workspace_id = $1 and m.user_id = $2`, [workspaceId, userId]),
  );

export interface Membership {
  readonly userId: string;
  readonly role: WorkspaceRole;
}

/** Makes somebody a member, or gives a member another role. */
export const putWorkspaceMember = async (tx: Sql, workspaceId: string, { userId, role }: Membership): Promise<void> => {
  await tx.query(
    `insert into workspace_members (workspace_id, user_id, role) values ($1, $2, $3)
     on conflict (workspace_id, user_id) do update set role = excluded.role, updated_at = now()`,
    [workspaceId, userId, role],
  );
};

export const removeWorkspaceMember = async (tx: Sql, workspaceId: string, userId: string): Promise<void> => {
  await tx.query('delete from workspace_members where workspace_id = $1 and user_id = $2', [workspaceId, userId]);
};

/** Ends the user keys of somebody: those in one workspace, or (null) in all of the organization. @returns their ids */
export const revokeUserKeys = async (
  tx: Sql,
  organizationId: string,
  userId: string,
  workspaceId: string | null,
): Promise<readonly string[]> => {
  const rows = await tx.query(
    `update api_keys set status = 'revoked', next_rotation_at = null, generation = generation + 1, updated_at = now()
     where organization_id = $1 and user_id = $2 and type = 'workspace-user' and status <> 'revoked'
       and ($3::text is null or workspace_id = $3)
     returning id`,
    [organizationId, userId, workspaceId],
  );
  return rows.map(({ id }) => String(id));
};

/** Ends the user keys of somebody in workspaces where it is no member. @returns their ids */
export const revokeUserKeysOutside = async (
  tx: Sql,
  organizationId: string,
  userId: string,
): Promise<readonly string[]> => {
  const rows = await tx.query(
    `update api_keys set status = 'revoked', next_rotation_at = null, generation = generation + 1, updated_at = now()
     where organization_id = $1 and user_id = $2 and type = 'workspace-user' and status <> 'revoked'
       and workspace_id not in (select m.workspace_id from workspace_members m where m.user_id = $2)
     returning id`,
    [organizationId, userId],
  );
  return rows.map(({ id }) => String(id));
};
