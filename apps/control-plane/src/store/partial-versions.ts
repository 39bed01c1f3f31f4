import type { Components, VersionSelector } from '@portolan/prompt-template';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Room } from '../domain/version-room.ts';
import { readRow, readRows } from './rows.ts';

const versionRow = z.object({
  id: z.string(),
  partial_id: z.string(),
  number: z.number(),
  template: z.string(),
  description: z.string().nullable(),
  status: z.enum(['active', 'archived']),
  created_at: z.date(),
});

export type PartialVersionRow = z.output<typeof versionRow>;

const SELECT = `
  select v.id, v.partial_id, v.number, v.template, v.description, v.status, v.created_at
  from partial_versions v`;

/** How each way to name a version is looked up; $1 is the partial, $2 a number. Every way speaks of $2, so that it has a type. */
const SELECTED: Readonly<Record<VersionSelector['kind'], string>> = {
  published: 'v.number = (select published_version from partials where id = $1) and $2::integer is null',
  latest: `v.status = 'active' and $2::integer is null`,
  number: 'v.number = $2::integer',
  // Partials carry no labels.
  label: 'false and $2::integer is null',
};

export const findPartialVersion = async (
  sql: Sql,
  partialId: string,
  selector: VersionSelector,
): Promise<PartialVersionRow | undefined> =>
  readRow(
    versionRow,
    await sql.query(`${SELECT} where v.partial_id = $1 and ${SELECTED[selector.kind]} order by v.number desc limit 1`, [
      partialId,
      selector.kind === 'number' ? selector.number : null,
    ]),
  );

/** All versions, newest first. */
export const listPartialVersions = async (sql: Sql, partialId: string): Promise<readonly PartialVersionRow[]> =>
  readRows(versionRow, await sql.query(`${SELECT} where v.partial_id = $1 order by v.number desc`, [partialId]));

const room = z.object({ versions: z.bigint(), bytes: z.bigint() });

/** What the active versions of a partial take up. */
export const partialRoom = async (sql: Sql, partialId: string): Promise<Room> => {
  const row = readRow(
    room,
    await sql.query(
      `select count(*) as versions, coalesce(sum(octet_length(template)), 0)::bigint as bytes
       from partial_versions where partial_id = $1 and status = 'active'`,
      [partialId],
    ),
  );
  return { versions: Number(row?.versions ?? 0), bytes: Number(row?.bytes ?? 0) };
};

export interface NewPartialVersion {
  readonly id: string;
  readonly partialId: string;
  readonly template: string;
  readonly description: string | null;
  readonly components: Components;
  readonly by: string;
}

/** Adds the next version. The partial must be new or locked. */
export const insertPartialVersion = async (
  tx: Sql,
  { id, partialId, template, description, components, by }: NewPartialVersion,
): Promise<void> => {
  await tx.query(
    `insert into partial_versions (id, partial_id, number, template, description, components, created_by)
     select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6 from partial_versions where partial_id = $2`,
    [id, partialId, template, description, JSON.stringify(components), by],
  );
};
