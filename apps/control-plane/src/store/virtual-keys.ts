import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Change } from '../change/changes.ts';
import { storedRateLimits, storedUsageLimits } from '../domain/limits.ts';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const virtualKeyRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  integration_id: z.string(),
  slug: z.string(),
  name: z.string(),
  note: z.string().nullable(),
  status: z.enum(['active', 'exhausted', 'archived']),
  usage_limits: storedUsageLimits,
  rate_limits: storedRateLimits,
  last_reset_at: z.date().nullable(),
  expires_at: z.date().nullable(),
  owns_integration: z.boolean(),
  created_at: z.date(),
  updated_at: z.date(),
  provider: z.string(),
  settings: z.record(z.string(), z.unknown()),
  masked: z.record(z.string(), z.string()),
  secret_mappings: z.array(z.record(z.string(), z.unknown())),
});

/** A handle on an integration, with what is shown of that. */
export type VirtualKeyRow = z.output<typeof virtualKeyRow>;

const COLUMNS = `v.id, v.organization_id, v.workspace_id, v.integration_id, v.slug, v.name, v.note, v.status, v.usage_limits,
  v.rate_limits, v.last_reset_at, v.expires_at, v.owns_integration, v.created_at, v.updated_at,
  i.provider, i.settings, i.masked, i.secret_mappings`;

/**
 * Whether a workspace has an integration (`i`): its own, or one that its organization lets it use. `a` is the row of the two in
 * integration_workspaces, if there is one.
 */
export const REACHABLE = `i.status = 'active' and (i.workspace_id is not null
  or coalesce(a.enabled, (i.global_workspace_access ->> 'enabled')::boolean, false))`;

const FROM = `virtual_keys v join integrations i on i.id = v.integration_id
  left join integration_workspaces a on a.integration_id = i.id and a.workspace_id = v.workspace_id`;

/**
 * Handles that are not archived and have this slug or id; several when more than one workspace has the slug, of which two are given.
 * @param workspaceId  null for all workspaces
 */
export const findVirtualKeys = async (
  sql: Sql,
  organizationId: string,
  ref: string,
  workspaceId: string | null,
  lock: 'lock' | 'look' = 'look',
): Promise<readonly VirtualKeyRow[]> =>
  readRows(
    virtualKeyRow,
    await sql.query(
      `select ${COLUMNS} from ${FROM}
       where v.organization_id = $1 and (v.slug = $2 or v.id = $2) and ($3::text is null or v.workspace_id = $3)
         and v.status <> 'archived' and ${REACHABLE}
       order by v.id limit 2 ${lock === 'lock' ? 'for update of v' : ''}`,
      [organizationId, ref, workspaceId],
    ),
  );

/** Handles that requests can name, newest first. @param workspaceId null for those of all workspaces */
export const listVirtualKeys = async (
  sql: Sql,
  organizationId: string,
  workspaceId: string | null,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly VirtualKeyRow[] }> => {
  const where = `v.organization_id = $1 and ($2::text is null or v.workspace_id = $2) and v.status <> 'archived' and ${REACHABLE}`;
  const params = [organizationId, workspaceId];
  const total = await count(sql, `select count(*) as total from ${FROM} where ${where}`, params);
  const rows = await sql.query(
    `select ${COLUMNS} from ${FROM} where ${where} order by v.created_at desc, v.id limit $3 offset $4`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(virtualKeyRow, rows) };
};

export interface NewVirtualKey {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly integrationId: string;
  readonly slug: string;
  readonly name: string;
  readonly note: string | null;
  /** JSON text, or null. */
  readonly usageLimits: string | null;
  /** JSON text of an array. */
  readonly rateLimits: string;
  readonly expiresAt: Date | null;
  /** Made together with its integration, and ends with it. */
  readonly ownsIntegration: boolean;
  readonly by: string;
}

/** @throws SqlError  a unique violation when the workspace has the slug */
export const insertVirtualKey = async (tx: Sql, key: NewVirtualKey): Promise<void> => {
  await tx.query(
    `insert into virtual_keys (id, organization_id, workspace_id, integration_id, slug, name, note, usage_limits, rate_limits, expires_at,
       owns_integration, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      key.id,
      key.organizationId,
      key.workspaceId,
      key.integrationId,
      key.slug,
      key.name,
      key.note,
      key.usageLimits,
      key.rateLimits,
      key.expiresAt,
      key.ownsIntegration,
      key.by,
    ],
  );
};

/** Everything of a handle that its owner can change. */
export interface VirtualKeyState {
  readonly name: string;
  readonly note: string | null;
  /** JSON text, or null. */
  readonly usageLimits: string | null;
  /** JSON text of an array. */
  readonly rateLimits: string;
  readonly expiresAt: Date | null;
  readonly status: 'active' | 'exhausted';
  readonly lastResetAt: Date | null;
}

export const updateVirtualKey = async (tx: Sql, id: string, state: VirtualKeyState): Promise<void> => {
  await tx.query(
    `update virtual_keys set name = $2, note = $3, usage_limits = $4, rate_limits = $5, status = $7, last_reset_at = $8,
       expiry_noted_at = case when expires_at is not distinct from $6 then expiry_noted_at end, expires_at = $6,
       generation = generation + 1, updated_at = now()
     where id = $1`,
    [id, state.name, state.note, state.usageLimits, state.rateLimits, state.expiresAt, state.status, state.lastResetAt],
  );
};

export const archiveVirtualKey = async (tx: Sql, id: string): Promise<void> => {
  await tx.query(
    `update virtual_keys set status = 'archived', generation = generation + 1, updated_at = now() where id = $1`,
    [id],
  );
};

const changesOf = (rows: readonly Readonly<Record<string, unknown>>[]): readonly Change[] =>
  rows.map(({ id }) => ({ kind: 'virtual_key', id: String(id) }));

/** All handles on an integration, of which something has changed that gateways know them by. */
export const touchVirtualKeys = async (tx: Sql, integrationId: string): Promise<readonly Change[]> =>
  changesOf(
    await tx.query(
      `update virtual_keys set generation = generation + 1, updated_at = now() where integration_id = $1 and status <> 'archived' returning id`,
      [integrationId],
    ),
  );

/** Ends all handles on an integration. */
export const archiveVirtualKeysOf = async (tx: Sql, integrationId: string): Promise<readonly Change[]> =>
  changesOf(
    await tx.query(
      `update virtual_keys set status = 'archived', generation = generation + 1, updated_at = now()
       where integration_id = $1 and status <> 'archived' returning id`,
      [integrationId],
    ),
  );

const one = z.object({ total: z.bigint() });

/** How many handles an integration has that are not archived. */
export const countVirtualKeysOf = async (sql: Sql, integrationId: string): Promise<number> =>
  Number(
    readRow(
      one,
      await sql.query(`select count(*) as total from virtual_keys where integration_id = $1 and status <> 'archived'`, [
        integrationId,
      ]),
    )?.total ?? 0n,
  );
