import type { OrganisationRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRows } from './rows.ts';

const membershipRow = z.object({
  organization_id: z.string(),
  slug: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'admin', 'member']) satisfies z.ZodType<OrganisationRole>,
});

/** An organization that somebody belongs to. */
export type MembershipRow = z.output<typeof membershipRow>;

/** The active organizations of somebody, the first joined first. */
export const organizationsOf = async (sql: Sql, userId: string): Promise<readonly MembershipRow[]> =>
  readRows(
    membershipRow,
    await sql.query(
      `select m.organization_id, o.slug, o.name, m.role from organization_members m join organizations o on o.id = m.organization_id
       where m.user_id = $1 and o.status = 'active' order by m.created_at, o.id`,
      [userId],
    ),
  );

/** Makes somebody a member; who is one already keeps the role. */
export const addOrganizationMember = async (
  tx: Sql,
  organizationId: string,
  userId: string,
  role: OrganisationRole,
): Promise<void> => {
  await tx.query(
    'insert into organization_members (organization_id, user_id, role) values ($1, $2, $3) on conflict do nothing',
    [organizationId, userId, role],
  );
};

export const setOrganizationRole = async (
  tx: Sql,
  organizationId: string,
  userId: string,
  role: OrganisationRole,
): Promise<void> => {
  await tx.query(
    'update organization_members set role = $3, updated_at = now() where organization_id = $1 and user_id = $2',
    [organizationId, userId, role],
  );
};

/** How many owners there are. Locks their rows, so that two cannot leave at once. */
export const lockOwners = async (tx: Sql, organizationId: string): Promise<number> => {
  const rows = await tx.query(
    `select user_id from organization_members where organization_id = $1 and role = 'owner' order by user_id for update`,
    [organizationId],
  );
  return rows.length;
};

/** Takes somebody out of an organization and all of its workspaces. */
export const removeOrganizationMember = async (tx: Sql, organizationId: string, userId: string): Promise<void> => {
  await tx.query(
    'delete from workspace_members where user_id = $2 and workspace_id in (select id from workspaces where organization_id = $1)',
    [organizationId, userId],
  );
  await tx.query('delete from organization_members where organization_id = $1 and user_id = $2', [
    organizationId,
    userId,
  ]);
};

/** The id of the only active organization of a deployment; undefined when there are several. */
export const onlyOrganization = async (sql: Sql): Promise<string | undefined> => {
  const [only, ...others] = await sql.query(`select id from organizations where status = 'active' order by id limit 2`);
  return only === undefined || others.length > 0 ? undefined : String(only.id);
};
