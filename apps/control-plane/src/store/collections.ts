import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { NAMED, type Named, PREFERRED_FIRST, searchPattern, type Within } from './named.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const collectionRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  parent_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  is_default: z.boolean(),
  status: z.enum(['active', 'archived']),
  created_at: z.date(),
  updated_at: z.date(),
  children: z.bigint(),
  children_updated_at: z.date().nullable(),
  prompts: z.bigint(),
  prompts_updated_at: z.date().nullable(),
});

/** A collection with what is directly in it. */
export type CollectionRow = z.output<typeof collectionRow>;

const SELECT = `
  select t.id, t.organization_id, t.workspace_id, t.parent_id, t.slug, t.name, t.is_default, t.status, t.created_at, t.updated_at,
    (select count(*) from collections c where c.parent_id = t.id and c.status = 'active') as children,
    (select max(c.updated_at) from collections c where c.parent_id = t.id and c.status = 'active') as children_updated_at,
    (select count(*) from prompts p where p.collection_id = t.id and p.status = 'active') as prompts,
    (select max(p.updated_at) from prompts p where p.collection_id = t.id and p.status = 'active') as prompts_updated_at
  from collections t`;

export const findCollection = async (
  sql: Sql,
  { organizationId, ref, preferred }: Named,
): Promise<CollectionRow | undefined> =>
  readRow(
    collectionRow,
    await sql.query(`${SELECT} where ${NAMED} ${PREFERRED_FIRST}`, [organizationId, ref, preferred]),
  );

/** The collection that prompts of a workspace go to when they name none. */
export const findDefaultCollection = async (sql: Sql, workspaceId: string): Promise<CollectionRow | undefined> =>
  readRow(collectionRow, await sql.query(`${SELECT} where t.workspace_id = $1 and t.is_default`, [workspaceId]));

/**
 * Takes the lock on a collection that is still there. `use` lets others put things into it at the same time, `remove` lets nobody.
 * @returns false when it is gone
 */
export const lockCollection = async (tx: Sql, id: string, purpose: 'use' | 'remove'): Promise<boolean> => {
  const rows = await tx.query(
    `select id from collections where id = $1 and status = 'active' ${purpose === 'use' ? 'for share' : 'for update'}`,
    [id],
  );
  return rows.length > 0;
};

export const listCollections = async (
  sql: Sql,
  { organizationId, workspaceId }: Within,
  search: string | undefined,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly CollectionRow[] }> => {
  const where = `t.organization_id = $1 and ($2::text is null or t.workspace_id = $2) and t.status = 'active'
    and ($3::text is null or t.name ilike $3)`;
  const params = [organizationId, workspaceId, searchPattern(search)];
  const total = readTotal(await sql.query(`select count(*) as total from collections t where ${where}`, params));
  const rows = await sql.query(`${SELECT} where ${where} order by t.created_at desc, t.id limit $4 offset $5`, [
    ...params,
    limit,
    offset,
  ]);
  return { total, rows: readRows(collectionRow, rows) };
};

const CHILDREN_MAX = 1_000;

/** The collections directly in another one, by name; of very many the first thousand. */
export const childCollections = async (sql: Sql, id: string): Promise<readonly CollectionRow[]> =>
  readRows(
    collectionRow,
    await sql.query(`${SELECT} where t.parent_id = $1 and t.status = 'active' order by t.name, t.id limit $2`, [
      id,
      CHILDREN_MAX,
    ]),
  );

/** How many collections stand above each other, this one included. */
export const collectionDepth = async (sql: Sql, id: string): Promise<number> =>
  readTotal(
    await sql.query(
      `with recursive above as (
         select id, parent_id from collections where id = $1
         union select c.id, c.parent_id from collections c join above a on c.id = a.parent_id
       ) select count(*) as total from above`,
      [id],
    ),
  );

/** Whatever would be lost with a collection: collections, prompts and partials in it. */
export const countContents = async (sql: Sql, id: string): Promise<number> =>
  readTotal(
    await sql.query(
      `select (select count(*) from collections where parent_id = $1 and status = 'active')
         + (select count(*) from prompts where collection_id = $1 and status = 'active')
         + (select count(*) from partials where collection_id = $1 and status = 'active') as total`,
      [id],
    ),
  );

export interface NewCollection {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly parentId: string | null;
  readonly slug: string;
  readonly name: string;
}

export const insertCollection = async (
  tx: Sql,
  { id, organizationId, workspaceId, parentId, slug, name }: NewCollection,
): Promise<void> => {
  await tx.query(
    'insert into collections (id, organization_id, workspace_id, parent_id, slug, name) values ($1, $2, $3, $4, $5, $6)',
    [id, organizationId, workspaceId, parentId, slug, name],
  );
};

export const updateCollection = async (
  tx: Sql,
  id: string,
  { name, status }: Pick<CollectionRow, 'name' | 'status'>,
): Promise<void> => {
  await tx.query('update collections set name = $2, status = $3, updated_at = now() where id = $1', [id, name, status]);
};
