import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRows } from './rows.ts';

const sealedRow = z.object({
  /** Of the config. */
  id: z.string(),
  organization_id: z.string(),
  version_id: z.string(),
  body: z.null(),
  sealed_body: z.string(),
});

/** A version, of any config there ever was, whose body is sealed. */
export type SealedRow = z.output<typeof sealedRow>;

/** Versions that are sealed under one of these keys, in the order of their ids. */
export const versionsSealedUnder = async (
  sql: Sql,
  keyIds: readonly string[],
  afterId: string,
  limit: number,
): Promise<readonly SealedRow[]> =>
  readRows(
    sealedRow,
    await sql.query(
      `select c.id, c.organization_id, v.id as version_id, null as body, v.sealed_body
       from config_versions v join configs c on c.id = v.config_id
       where v.sealing_key_id in (select jsonb_array_elements_text($1::jsonb)) and v.id > $2 order by v.id limit $3`,
      [JSON.stringify(keyIds), afterId, limit],
    ),
  );

/** Exchanges one sealed body for another of the same content, unless somebody was faster. */
export const replaceSealedBody = async (
  sql: Sql,
  { version_id, sealed_body }: SealedRow,
  by: string,
): Promise<void> => {
  await sql.query('update config_versions set sealed_body = $3 where id = $1 and sealed_body = $2', [
    version_id,
    sealed_body,
    by,
  ]);
};
