import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { type Lock, NAMED, type Named, PREFERRED_FIRST, searchPattern, type Within } from './named.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const promptRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  collection_id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  published_version: z.number(),
  owner_id: z.string().nullable(),
  updated_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
  /** Of the published version. */
  model: z.string().nullable(),
});

export type PromptRow = z.output<typeof promptRow>;

const SELECT = `
  select t.id, t.organization_id, t.workspace_id, t.collection_id, t.slug, t.name, t.status, t.published_version, t.owner_id, t.updated_by,
    t.created_at, t.updated_at, v.model
  from prompts t join prompt_versions v on v.prompt_id = t.id and v.number = t.published_version`;

/** A prompt that is not archived. */
export const findPrompt = async (
  sql: Sql,
  { organizationId, ref, preferred }: Named,
  lock: Lock = 'look',
): Promise<PromptRow | undefined> =>
  readRow(
    promptRow,
    await sql.query(`${SELECT} where ${NAMED} ${PREFERRED_FIRST} ${lock === 'lock' ? 'for update of t' : ''}`, [
      organizationId,
      ref,
      preferred,
    ]),
  );

export interface PromptFilter extends Within {
  readonly collectionId: string | null;
  /** In name or slug. */
  readonly search: string | undefined;
}

/** Prompts that are not archived, newest first. */
export const listPrompts = async (
  sql: Sql,
  { organizationId, workspaceId, collectionId, search }: PromptFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly PromptRow[] }> => {
  const where = `t.organization_id = $1 and ($2::text is null or t.workspace_id = $2) and t.status = 'active'
    and ($3::text is null or t.collection_id = $3) and ($4::text is null or t.name ilike $4 or t.slug ilike $4)`;
  const params = [organizationId, workspaceId, collectionId, searchPattern(search)];
  const total = readTotal(await sql.query(`select count(*) as total from prompts t where ${where}`, params));
  const rows = await sql.query(`${SELECT} where ${where} order by t.created_at desc, t.id limit $5 offset $6`, [
    ...params,
    limit,
    offset,
  ]);
  return { total, rows: readRows(promptRow, rows) };
};

export interface NewPrompt {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly collectionId: string;
  readonly slug: string;
  readonly name: string;
  readonly by: string;
}

/** A prompt whose version 1, which is still to be inserted, is published. */
export const insertPrompt = async (
  tx: Sql,
  { id, organizationId, workspaceId, collectionId, slug, name, by }: NewPrompt,
): Promise<void> => {
  await tx.query(
    `insert into prompts (id, organization_id, workspace_id, collection_id, slug, name, published_version, owner_id, updated_by)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $7)`,
    [id, organizationId, workspaceId, collectionId, slug, name, by],
  );
};

export type PromptChanges = Pick<PromptRow, 'name' | 'collection_id' | 'status' | 'published_version'> & {
  readonly by: string;
};

/** Writes what may change, and raises the generation. The prompt must be locked. */
export const updatePrompt = async (
  tx: Sql,
  id: string,
  { name, collection_id, status, published_version, by }: PromptChanges,
): Promise<void> => {
  await tx.query(
    `update prompts set name = $2, collection_id = $3, status = $4, published_version = $5, updated_by = $6,
       generation = generation + 1, updated_at = now() where id = $1`,
    [id, name, collection_id, status, published_version, by],
  );
};
