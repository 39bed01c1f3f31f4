import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { searchPattern, type Within } from './named.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const labelRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  name: z.string(),
  description: z.string().nullable(),
  color_code: z.string().nullable(),
  is_universal: z.boolean(),
  status: z.enum(['active', 'archived']),
  created_at: z.date(),
  updated_at: z.date(),
});

export type LabelRow = z.output<typeof labelRow>;

const SELECT =
  'select t.id, t.organization_id, t.workspace_id, t.name, t.description, t.color_code, t.is_universal, t.status, t.created_at, t.updated_at from labels t';

export const findLabel = async (
  sql: Sql,
  organizationId: string,
  id: string,
  lock: 'lock' | 'share' | 'look' = 'look',
): Promise<LabelRow | undefined> =>
  readRow(
    labelRow,
    await sql.query(
      `${SELECT} where t.organization_id = $1 and t.id = $2 and t.status = 'active' ${{ lock: 'for update', share: 'for share', look: '' }[lock]}`,
      [organizationId, id],
    ),
  );

/** Labels that may be used in a workspace: its own and those of the organization, which come first. */
export const listLabels = async (
  sql: Sql,
  { organizationId, workspaceId }: Within,
  search: string | undefined,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly LabelRow[] }> => {
  const where = `t.organization_id = $1 and ($2::text is null or t.workspace_id is null or t.workspace_id = $2) and t.status = 'active'
    and ($3::text is null or t.name ilike $3)`;
  const params = [organizationId, workspaceId, searchPattern(search)];
  const total = readTotal(await sql.query(`select count(*) as total from labels t where ${where}`, params));
  const rows = await sql.query(
    `${SELECT} where ${where} order by t.is_universal desc, t.created_at desc, t.id limit $4 offset $5`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(labelRow, rows) };
};

/**
 * Whether a name would mean two things in some workspace. Names of the organization hold in all workspaces, so the whole tenant's
 * labels are locked against each other until the transaction is over.
 */
export const isLabelNameTaken = async (
  tx: Sql,
  { organizationId, workspaceId }: Within,
  name: string,
  exceptId: string | null,
): Promise<boolean> => {
  await tx.query('select id from organizations where id = $1 for no key update', [organizationId]);
  const rows = await tx.query(
    `select id from labels where organization_id = $1 and name = $3 and status = 'active' and id is distinct from $4
       and ($2::text is null or workspace_id is null or workspace_id = $2) limit 1`,
    [organizationId, workspaceId, name, exceptId],
  );
  return rows.length > 0;
};

export interface NewLabel {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly colorCode: string | null;
}

export const insertLabel = async (
  tx: Sql,
  { id, organizationId, workspaceId, name, description, colorCode }: NewLabel,
): Promise<void> => {
  await tx.query(
    'insert into labels (id, organization_id, workspace_id, name, description, color_code) values ($1, $2, $3, $4, $5, $6)',
    [id, organizationId, workspaceId, name, description, colorCode],
  );
};

export const updateLabel = async (
  tx: Sql,
  id: string,
  { name, description, color_code, status }: Pick<LabelRow, 'name' | 'description' | 'color_code' | 'status'>,
): Promise<void> => {
  await tx.query(
    'update labels set name = $2, description = $3, color_code = $4, status = $5, updated_at = now() where id = $1',
    [id, name, description, color_code, status],
  );
};

const ids = (rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] => rows.map(({ id }) => String(id));

/** Raises the generation of every prompt that a label stands on. @returns their ids */
export const touchLabelledPrompts = async (tx: Sql, labelId: string): Promise<readonly string[]> =>
  ids(
    await tx.query(
      `update prompts set generation = generation + 1
       where id in (select prompt_id from prompt_version_labels where label_id = $1) returning id`,
      [labelId],
    ),
  );

/** Takes a label off every version that has it. */
export const detachLabel = async (tx: Sql, labelId: string): Promise<void> => {
  await tx.query('delete from prompt_version_labels where label_id = $1', [labelId]);
};

/** Puts a label on a version of a prompt; it leaves the version that it stood on. */
export const moveLabel = async (tx: Sql, promptId: string, labelId: string, versionId: string): Promise<void> => {
  await tx.query(
    `insert into prompt_version_labels (prompt_id, label_id, version_id) values ($1, $2, $3)
     on conflict (prompt_id, label_id) do update set version_id = excluded.version_id, created_at = now()`,
    [promptId, labelId, versionId],
  );
};

/** Takes all labels off a version. */
export const clearLabels = async (tx: Sql, versionId: string): Promise<void> => {
  await tx.query('delete from prompt_version_labels where version_id = $1', [versionId]);
};
