import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import type { Lock } from './named.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const guardrailRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  /** Null for a guardrail of the organization. */
  workspace_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  owner_id: z.string().nullable(),
  updated_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

export type GuardrailRow = z.output<typeof guardrailRow>;

const versionRow = guardrailRow.extend({
  version_id: z.string(),
  checks: z.array(z.record(z.string(), z.unknown())),
  actions: z.record(z.string(), z.unknown()),
});

/** A guardrail with its active version. */
export type GuardrailVersionRow = z.output<typeof versionRow>;

const COLUMNS =
  't.id, t.organization_id, t.workspace_id, t.slug, t.name, t.status, t.owner_id, t.updated_by, t.created_at, t.updated_at';

/** A guardrail that is not archived. @param ref slug or id */
export const findGuardrail = async (
  sql: Sql,
  organizationId: string,
  ref: string,
  lock: Lock = 'look',
): Promise<GuardrailVersionRow | undefined> =>
  readRow(
    versionRow,
    await sql.query(
      `select ${COLUMNS}, v.id as version_id, v.checks, v.actions
       from guardrails t join guardrail_versions v on v.id = t.active_version_id
       where t.organization_id = $1 and (t.slug = $2 or t.id = $2) and t.status = 'active' ${lock === 'lock' ? 'for update of t' : ''}`,
      [organizationId, ref],
    ),
  );

export interface GuardrailFilter {
  readonly organizationId: string;
  /** One workspace's, those of all workspaces, or the organization's own. */
  readonly owner: { readonly workspaceId: string } | 'workspaces' | 'organization';
  readonly ids: readonly string[] | undefined;
}

/** Guardrails that are not archived, newest first. */
export const listGuardrails = async (
  sql: Sql,
  { organizationId, owner, ids }: GuardrailFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly GuardrailRow[] }> => {
  const where = `t.organization_id = $1 and ($2::text is null or t.workspace_id = $2) and (t.workspace_id is null) = $3::boolean
    and t.status = 'active' and ($4::jsonb is null or t.id in (select jsonb_array_elements_text($4::jsonb)))`;
  const params = [
    organizationId,
    typeof owner === 'string' ? null : owner.workspaceId,
    owner === 'organization',
    ids === undefined ? null : JSON.stringify(ids),
  ];
  const total = readTotal(await sql.query(`select count(*) as total from guardrails t where ${where}`, params));
  const rows = await sql.query(
    `select ${COLUMNS} from guardrails t where ${where} order by t.created_at desc, t.id limit $5 offset $6`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(guardrailRow, rows) };
};

export interface GuardrailVersion {
  readonly versionId: string;
  /** JSON texts. */
  readonly checks: string;
  readonly actions: string;
  readonly by: string;
}

export interface NewGuardrail extends GuardrailVersion {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly slug: string;
  readonly name: string;
}

/** Adds the next version and makes it the active one. The guardrail must be new or locked. */
export const addGuardrailVersion = async (
  tx: Sql,
  guardrailId: string,
  { versionId, checks, actions, by }: GuardrailVersion,
): Promise<void> => {
  await tx.query(
    `insert into guardrail_versions (id, guardrail_id, number, checks, actions, created_by)
     select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5 from guardrail_versions where guardrail_id = $2`,
    [versionId, guardrailId, checks, actions, by],
  );
  await tx.query('update guardrails set active_version_id = $2 where id = $1', [guardrailId, versionId]);
};

export const insertGuardrail = async (tx: Sql, guardrail: NewGuardrail): Promise<void> => {
  const { id, organizationId, workspaceId, slug, name, versionId, by } = guardrail;
  await tx.query(
    `insert into guardrails (id, organization_id, workspace_id, slug, name, active_version_id, owner_id, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [id, organizationId, workspaceId, slug, name, versionId, by],
  );
  await addGuardrailVersion(tx, id, guardrail);
};

export const updateGuardrail = async (
  tx: Sql,
  id: string,
  { name, status, by }: Pick<GuardrailRow, 'name' | 'status'> & { readonly by: string },
): Promise<void> => {
  await tx.query('update guardrails set name = $2, status = $3, updated_by = $4, updated_at = now() where id = $1', [
    id,
    name,
    status,
    by,
  ]);
};

const LISTS = `(defaults -> 'input_guardrails') ?| array[$2, $3] or (defaults -> 'output_guardrails') ?| array[$2, $3]`;

/** Slugs of the workspaces, and of the organization, that apply a guardrail by default. */
export const usersOfGuardrail = async (
  sql: Sql,
  { organization_id, slug, id }: Pick<GuardrailRow, 'organization_id' | 'slug' | 'id'>,
): Promise<readonly string[]> => {
  const rows = await sql.query(
    `select slug from organizations where id = $1 and (${LISTS})
     union all select slug from workspaces where organization_id = $1 and status = 'active' and (${LISTS})`,
    [organization_id, slug, id],
  );
  return rows.map((row) => String(row.slug));
};
