import { hasOrganisationCapability, type User } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { notSignedIn } from '../../../access/session.ts';
import { csrfTokenOf } from '../../../access/session-token.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { organizationsOf } from '../../../store/organization-members.ts';
import { toTime } from '../../../store/rows.ts';
import { findAccount } from '../../../store/users.ts';
import { listWorkspaces } from '../../../store/workspace-lists.ts';

const WORKSPACES_MAX = 500;

interface Session {
  readonly organizationId: string;
  readonly user: User;
  readonly token: string;
  readonly expiresAt: Date;
}

/** Who is signed in: the person, where it stands, and what it may see. */
export const sessionView = async (
  sql: Sql,
  { organizationId, user, token, expiresAt }: Session,
): Promise<JsonObject> => {
  const account = await findAccount(sql, user.id);
  const organizations = await organizationsOf(sql, user.id);
  const organization = organizations.find(({ organization_id }) => organization_id === organizationId);
  if (account === undefined || organization === undefined) throw notSignedIn();
  const isAdminEverywhere = hasOrganisationCapability(user.organisationRole, 'act_as_workspace_admin');
  const { rows } = await listWorkspaces(
    sql,
    {
      organizationId,
      rows: isAdminEverywhere ? 'all' : { ownedBy: user.id },
      name: null,
      exactName: null,
      statuses: ['active'],
    },
    { limit: WORKSPACES_MAX, offset: 0 },
  );
  return {
    object: 'session',
    user: {
      id: account.id,
      email: account.email,
      first_name: account.first_name,
      last_name: account.last_name,
      has_password: account.password_hash !== null,
    },
    organisation: { id: organizationId, slug: organization.slug, name: organization.name, role: organization.role },
    organisations: organizations.map(({ organization_id, slug, name, role }) => ({
      id: organization_id,
      slug,
      name,
      role,
    })),
    workspaces: rows.map(({ id, slug, name, is_default }) => ({
      id,
      slug,
      name,
      is_default: is_default ? 1 : 0,
      role: isAdminEverywhere ? 'admin' : (user.workspaceRoles.get(id) ?? 'member'),
    })),
    csrf_token: csrfTokenOf(token),
    expires_at: toTime(expiresAt),
  };
};
