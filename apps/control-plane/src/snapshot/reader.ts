import type { Entity } from '@portolan/proto';
import type { Sql } from '@portolan/sql';
import type { ChangeKind } from '../change/changes.ts';

/** Some entities, in the order of their ids. */
export interface EntityPage {
  readonly entities: readonly Entity[];
  /** Where the next page begins; undefined after the last. */
  readonly lastId: string | undefined;
}

/** Turns rows of one kind into what gateways are told. */
export interface SnapshotReader {
  readonly kind: ChangeKind;
  /** Those with these ids, as they are now: what nobody may use any more comes with a status that says so. */
  load(sql: Sql, ids: readonly string[]): Promise<readonly Entity[]>;
  /** Those that may be used, after this id. */
  page(sql: Sql, afterId: string, limit: number): Promise<EntityPage>;
}

interface Selection<RowOut extends { readonly id: string }> {
  readonly kind: ChangeKind;
  /** A statement without `where`, whose table has the alias `t`. */
  readonly select: string;
  /** What may be used. */
  readonly usable: string;
  rows(sql: Sql, text: string, params: Parameters<Sql['query']>[1]): Promise<readonly RowOut[]>;
  /** Undefined leaves a row out. */
  toEntity(row: RowOut): Entity | undefined;
}

/** A reader whose rows come from one statement. */
export const snapshotReader = <RowOut extends { readonly id: string }>({
  kind,
  select,
  usable,
  rows,
  toEntity,
}: Selection<RowOut>): SnapshotReader => {
  const entitiesOf = (found: readonly RowOut[]): readonly Entity[] => found.flatMap((row) => toEntity(row) ?? []);
  return {
    kind,
    load: async (sql, ids) => {
      const text = `${select} where t.id in (select jsonb_array_elements_text($1::jsonb)) order by t.id`;
      return entitiesOf(await rows(sql, text, [JSON.stringify(ids)]));
    },
    page: async (sql, afterId, limit) => {
      const found = await rows(sql, `${select} where t.id > $1 and (${usable}) order by t.id limit $2`, [
        afterId,
        limit,
      ]);
      return { entities: entitiesOf(found), lastId: found.length < limit ? undefined : found.at(-1)?.id };
    },
  };
};
