import type { Rows } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import type { Page } from '../http/page.ts';
import { count, readRows } from './rows.ts';
import { WORKSPACE_COLUMNS, type WorkspaceRow, workspaceRow } from './workspaces.ts';

/** Which workspaces a list is about. */
export interface WorkspaceFilter {
  readonly organizationId: string;
  /** Those that the caller may see. */
  readonly rows: Rows;
  /** A part of the name, in any case; null for all. */
  readonly name: string | null;
  readonly exactName: string | null;
  readonly statuses: readonly string[];
}

const pattern = (part: string | null): string | null =>
  part === null ? null : `%${part.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;

const WHERE = `organization_id = $1 and status = any(string_to_array($2, ','))
  and ($3::text is null or name ilike $3) and ($4::text is null or name = $4) and ($5::text is null or id = $5)
  and ($6::text is null or id in (select m.workspace_id from workspace_members m where m.user_id = $6))`;

/** Workspaces, newest first. */
export const listWorkspaces = async (
  sql: Sql,
  { organizationId, rows, name, exactName, statuses }: WorkspaceFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly WorkspaceRow[] }> => {
  const only = typeof rows === 'object' && 'inWorkspace' in rows ? rows.inWorkspace : null;
  const member = typeof rows === 'object' && 'ownedBy' in rows ? rows.ownedBy : null;
  const params = [organizationId, statuses.join(','), pattern(name), exactName, only, member];
  const total = await count(sql, `select count(*) as total from workspaces where ${WHERE}`, params);
  const found = await sql.query(
    `select ${WORKSPACE_COLUMNS} from workspaces where ${WHERE} order by created_at desc, id limit $7 offset $8`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(workspaceRow, found) };
};

/** Active workspaces in which a kind of the organization's guardrails does not hold, newest first. */
export const listExcludedWorkspaces = async (
  sql: Sql,
  organizationId: string,
  kind: 'input' | 'output',
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly WorkspaceRow[] }> => {
  const where = `organization_id = $1 and status = 'active' and excluded_guardrails @> $2::jsonb`;
  const params = [organizationId, JSON.stringify([kind])];
  const total = await count(sql, `select count(*) as total from workspaces where ${where}`, params);
  const rows = await sql.query(
    `select ${WORKSPACE_COLUMNS} from workspaces where ${where} order by created_at desc, id limit $3 offset $4`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(workspaceRow, rows) };
};
