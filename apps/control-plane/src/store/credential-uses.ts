import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRows } from './rows.ts';

const use = z.object({
  credential_id: z.string(),
  status: z.enum(['active', 'archived']),
  credential_generation: z.bigint(),
});

/** The integrations that name some credentials. @returns by credential id */
export const credentialUses = async (
  sql: Sql,
  credentialIds: readonly string[],
): Promise<ReadonlyMap<string, z.output<typeof use>>> => {
  const rows = await sql.query(
    `select credential_id, status, credential_generation from integrations where credential_id = any(string_to_array($1, ','))`,
    [credentialIds.join(',')],
  );
  return new Map(readRows(use, rows).map((row) => [row.credential_id, row]));
};

/** Which of these organizations exist. */
export const knownOrganizations = async (sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await sql.query(`select id from organizations where id = any(string_to_array($1, ','))`, [
    ids.join(','),
  ]);
  return new Set(rows.map(({ id }) => String(id)));
};
