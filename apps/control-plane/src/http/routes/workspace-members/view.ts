import { hasWorkspaceCapability, ruleOf, type SecuritySettings, scopesFor, type User } from '@portolan/access-control';
import type { JsonObject } from '../../../domain/json.ts';
import { toTime } from '../../../store/rows.ts';
import type { MemberRow } from '../../../store/workspace-members.ts';

/** A member in a list. Every value is a text: a client reads them as such. */
export const memberSummary = (row: MemberRow): Readonly<Record<string, string>> => ({
  object: 'workspace-user',
  id: row.id,
  email: row.email,
  first_name: row.first_name,
  last_name: row.last_name,
  org_role: row.org_role,
  role: row.role,
  status: 'active',
  workspace_id: row.workspace_id,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
});

/** What somebody may do in a workspace, as the scopes that a key would need for it. */
const scopesOf = (row: MemberRow, settings: SecuritySettings): readonly string[] => {
  const user: User = {
    id: row.id,
    organisationRole: row.org_role,
    workspaceRoles: new Map([[row.workspace_id, row.role]]),
  };
  return scopesFor('workspace-user').filter((scope) => {
    const capability = ruleOf(scope)?.workspace ?? null;
    return capability !== null && hasWorkspaceCapability(user, row.workspace_id, capability, settings);
  });
};

export const memberView = (row: MemberRow, settings: SecuritySettings): JsonObject => ({
  ...memberSummary(row),
  scopes: scopesOf(row, settings),
  settings: {},
});
