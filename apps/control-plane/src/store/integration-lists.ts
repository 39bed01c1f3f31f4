import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { INTEGRATION_COLUMNS, integrationRow } from './integrations.ts';
import { count, readRow, readRows } from './rows.ts';

const listed = integrationRow.extend({ workspace_count: z.bigint() });

/** An integration with the number of workspaces that have it. */
export type ListedIntegration = z.output<typeof listed>;

const COUNT = `case when i.workspace_id is not null then 1 else (
  select count(*) from workspaces w left join integration_workspaces a on a.workspace_id = w.id and a.integration_id = i.id
  where w.organization_id = i.organization_id and w.status = 'active'
    and coalesce(a.enabled, (i.global_workspace_access ->> 'enabled')::boolean, false)
) end as workspace_count`;

/** Which integrations somebody sees. */
export interface IntegrationFilter {
  readonly organizationId: string;
  /** Those of the organization: all, those that one workspace has, or none. */
  readonly ofOrganization: 'all' | 'none' | { readonly workspaceId: string };
  /** Those of workspaces: of all, of one, or none. */
  readonly ofWorkspaces: 'all' | 'none' | { readonly workspaceId: string };
}

const textOf = (part: IntegrationFilter['ofOrganization']): string => (typeof part === 'string' ? part : 'one');

const workspaceOf = (part: IntegrationFilter['ofOrganization']): string | null =>
  typeof part === 'string' ? null : part.workspaceId;

/** Integrations that are not archived, newest first. */
export const listIntegrations = async (
  sql: Sql,
  { organizationId, ofOrganization, ofWorkspaces }: IntegrationFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly ListedIntegration[] }> => {
  const where = `i.organization_id = $1 and i.status = 'active' and case
    when i.workspace_id is null then $2 = 'all' or ($2 = 'one' and coalesce(
      (select a.enabled from integration_workspaces a where a.integration_id = i.id and a.workspace_id = $3),
      (i.global_workspace_access ->> 'enabled')::boolean, false))
    else $4 = 'all' or ($4 = 'one' and i.workspace_id = $5) end`;
  const params = [
    organizationId,
    textOf(ofOrganization),
    workspaceOf(ofOrganization),
    textOf(ofWorkspaces),
    workspaceOf(ofWorkspaces),
  ];
  const total = await count(sql, `select count(*) as total from integrations i where ${where}`, params);
  const rows = await sql.query(
    `select ${INTEGRATION_COLUMNS}, ${COUNT} from integrations i where ${where} order by i.created_at desc, i.id limit $6 offset $7`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(listed, rows) };
};

/** One integration with its count. */
export const describeIntegration = async (sql: Sql, id: string): Promise<ListedIntegration | undefined> =>
  readRow(listed, await sql.query(`select ${INTEGRATION_COLUMNS}, ${COUNT} from integrations i where i.id = $1`, [id]));
