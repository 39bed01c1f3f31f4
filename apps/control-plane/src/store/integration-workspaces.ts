import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { storedRateLimits, storedUsageLimits } from '../domain/limits.ts';
import { readRow, readRows } from './rows.ts';

const accessRow = z.object({
  workspace_id: z.string(),
  workspace_slug: z.string(),
  enabled: z.boolean(),
  usage_limits: storedUsageLimits,
  rate_limits: storedRateLimits,
  last_reset_at: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** What one workspace may do with an integration of its organization. */
export type AccessRow = z.output<typeof accessRow>;

const COLUMNS = `a.workspace_id, w.slug as workspace_slug, a.enabled, a.usage_limits, a.rate_limits, a.last_reset_at, a.created_at, a.updated_at`;

/** The workspaces that have a row of their own. */
export const listAccess = async (sql: Sql, integrationId: string): Promise<readonly AccessRow[]> =>
  readRows(
    accessRow,
    await sql.query(
      `select ${COLUMNS} from integration_workspaces a join workspaces w on w.id = a.workspace_id
       where a.integration_id = $1 and w.status = 'active' order by a.created_at, a.workspace_id`,
      [integrationId],
    ),
  );

export const findAccess = async (
  sql: Sql,
  integrationId: string,
  workspaceId: string,
): Promise<AccessRow | undefined> =>
  readRow(
    accessRow,
    await sql.query(
      `select ${COLUMNS} from integration_workspaces a join workspaces w on w.id = a.workspace_id
       where a.integration_id = $1 and a.workspace_id = $2`,
      [integrationId, workspaceId],
    ),
  );

export interface Access {
  readonly enabled: boolean;
  /** JSON texts of arrays. */
  readonly usageLimits: string;
  readonly rateLimits: string;
  readonly lastResetAt: Date | null;
}

export const saveAccess = async (
  tx: Sql,
  integrationId: string,
  workspaceId: string,
  access: Access,
): Promise<void> => {
  await tx.query(
    `insert into integration_workspaces (integration_id, workspace_id, enabled, usage_limits, rate_limits, last_reset_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (integration_id, workspace_id) do update set enabled = excluded.enabled, usage_limits = excluded.usage_limits,
       rate_limits = excluded.rate_limits, last_reset_at = excluded.last_reset_at, updated_at = now()`,
    [integrationId, workspaceId, access.enabled, access.usageLimits, access.rateLimits, access.lastResetAt],
  );
};

/** From now on only what holds for all workspaces holds. */
export const clearAccess = async (tx: Sql, integrationId: string): Promise<void> => {
  await tx.query('delete from integration_workspaces where integration_id = $1', [integrationId]);
};

/** @param access JSON text, or null to let no workspace in that has no row of its own */
export const saveGlobalAccess = async (tx: Sql, integrationId: string, access: string | null): Promise<void> => {
  await tx.query('update integrations set global_workspace_access = $2, updated_at = now() where id = $1', [
    integrationId,
    access,
  ]);
};

/** Whether requests of a workspace may use an integration that is not archived. */
export const workspaceHasIntegration = async (
  sql: Sql,
  integrationId: string,
  workspaceId: string,
): Promise<boolean> => {
  const rows = await sql.query(
    `select i.id from integrations i left join integration_workspaces a on a.integration_id = i.id and a.workspace_id = $2
     where i.id = $1 and i.status = 'active' and case when i.workspace_id is null
       then coalesce(a.enabled, (i.global_workspace_access ->> 'enabled')::boolean, false) else i.workspace_id = $2 end`,
    [integrationId, workspaceId],
  );
  return rows.length > 0;
};

/** Active workspaces that have an integration of their organization and no handle on it. */
export const workspacesWithoutHandle = async (
  sql: Sql,
  integrationId: string,
  max: number,
): Promise<readonly string[]> => {
  const rows = await sql.query(
    `select w.id from integrations i join workspaces w on w.organization_id = i.organization_id and w.status = 'active'
       left join integration_workspaces a on a.integration_id = i.id and a.workspace_id = w.id
     where i.id = $1 and coalesce(a.enabled, (i.global_workspace_access ->> 'enabled')::boolean, false)
       and not exists (select 1 from virtual_keys v where v.integration_id = i.id and v.workspace_id = w.id and v.status <> 'archived')
     order by w.created_at, w.id limit $2`,
    [integrationId, max],
  );
  return rows.map(({ id }) => String(id));
};
