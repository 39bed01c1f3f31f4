import type { OrganisationRole, Principal, User, WorkspaceRole } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Actor } from '../http/call.ts';
import { readRow } from '../store/rows.ts';

/** Who sends a request. */
export interface Caller {
  readonly principal: Principal;
  readonly actor: Actor;
}

const membership = z.object({
  role: z.enum(['owner', 'admin', 'member']) satisfies z.ZodType<OrganisationRole>,
  workspace_roles: z.record(z.string(), z.enum(['admin', 'manager', 'member']) satisfies z.ZodType<WorkspaceRole>),
});

const MEMBERSHIP = `
  select m.role, coalesce((
    select jsonb_object_agg(w.workspace_id, w.role)
    from workspace_members w join workspaces s on s.id = w.workspace_id
    where w.user_id = m.user_id and s.organization_id = m.organization_id
  ), '{}'::jsonb) as workspace_roles
  from organization_members m where m.organization_id = $1 and m.user_id = $2`;

/** A person with its roles, or undefined when it is no member of the organization (any more). */
export const loadUser = async (sql: Sql, organizationId: string, userId: string): Promise<User | undefined> => {
  const found = readRow(membership, await sql.query(MEMBERSHIP, [organizationId, userId]));
  return (
    found && {
      id: userId,
      organisationRole: found.role,
      workspaceRoles: new Map(Object.entries(found.workspace_roles)),
    }
  );
};
