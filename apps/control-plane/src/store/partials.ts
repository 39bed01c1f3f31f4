import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { type Lock, NAMED, type Named, PREFERRED_FIRST, searchPattern, type Within } from './named.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const partialRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  collection_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  published_version: z.number(),
  owner_id: z.string().nullable(),
  updated_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

export type PartialRow = z.output<typeof partialRow>;

const SELECT = `
  select t.id, t.organization_id, t.workspace_id, t.collection_id, t.slug, t.name, t.status, t.published_version, t.owner_id, t.updated_by,
    t.created_at, t.updated_at
  from partials t`;

/** A partial that is not archived. */
export const findPartial = async (
  sql: Sql,
  { organizationId, ref, preferred }: Named,
  lock: Lock = 'look',
): Promise<PartialRow | undefined> =>
  readRow(
    partialRow,
    await sql.query(`${SELECT} where ${NAMED} ${PREFERRED_FIRST} ${lock === 'lock' ? 'for update of t' : ''}`, [
      organizationId,
      ref,
      preferred,
    ]),
  );

export interface PartialFilter extends Within {
  readonly collectionId: string | null;
  /** In name or slug. */
  readonly search: string | undefined;
}

/** Partials that are not archived, newest first. */
export const listPartials = async (
  sql: Sql,
  { organizationId, workspaceId, collectionId, search }: PartialFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly PartialRow[] }> => {
  const where = `t.organization_id = $1 and ($2::text is null or t.workspace_id = $2) and t.status = 'active'
    and ($3::text is null or t.collection_id = $3) and ($4::text is null or t.name ilike $4 or t.slug ilike $4)`;
  const params = [organizationId, workspaceId, collectionId, searchPattern(search)];
  const total = readTotal(await sql.query(`select count(*) as total from partials t where ${where}`, params));
  const rows = await sql.query(`${SELECT} where ${where} order by t.created_at desc, t.id limit $5 offset $6`, [
    ...params,
    limit,
    offset,
  ]);
  return { total, rows: readRows(partialRow, rows) };
};

const referable = z.object({ slug: z.string(), id: z.string(), published: z.number(), numbers: z.array(z.number()) });

/** What templates of a workspace may refer to of these partials, by slugs or ids. */
export const referablePartials = async (
  sql: Sql,
  workspaceId: string,
  refs: readonly string[],
): Promise<readonly z.output<typeof referable>[]> =>
  readRows(
    referable,
    await sql.query(
      `select t.slug, t.id, t.published_version as published, (
         select jsonb_agg(v.number) from partial_versions v where v.partial_id = t.id and v.status = 'active'
       ) as numbers
       from partials t where t.workspace_id = $1 and t.status = 'active'
         and (t.slug in (select jsonb_array_elements_text($2::jsonb)) or t.id in (select jsonb_array_elements_text($2::jsonb)))`,
      [workspaceId, JSON.stringify(refs)],
    ),
  );

export interface NewPartial {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly collectionId: string | null;
  readonly slug: string;
  readonly name: string;
  readonly by: string;
}

/** A partial whose version 1, which is still to be inserted, is published. */
export const insertPartial = async (
  tx: Sql,
  { id, organizationId, workspaceId, collectionId, slug, name, by }: NewPartial,
): Promise<void> => {
  await tx.query(
    `insert into partials (id, organization_id, workspace_id, collection_id, slug, name, published_version, owner_id, updated_by)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $7)`,
    [id, organizationId, workspaceId, collectionId, slug, name, by],
  );
};

export type PartialChanges = Pick<PartialRow, 'name' | 'status' | 'published_version'> & { readonly by: string };

/** Writes what may change, and raises the generation. The partial must be locked. */
export const updatePartial = async (
  tx: Sql,
  id: string,
  { name, status, published_version, by }: PartialChanges,
): Promise<void> => {
  await tx.query(
    `update partials set name = $2, status = $3, published_version = $4, updated_by = $5, generation = generation + 1, updated_at = now()
     where id = $1`,
    [id, name, status, published_version, by],
  );
};
