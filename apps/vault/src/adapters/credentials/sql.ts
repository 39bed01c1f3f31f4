import type { Sql } from '@portolan/sql';
import type { Credentials } from '../../ports/credentials.ts';
import { sqlRewraps } from './rewraps.ts';
import { fromRow, SELECT } from './rows.ts';
import { sqlSaving } from './save.ts';

export const sqlCredentials = (sql: Sql): Credentials => ({
  ...sqlSaving(sql),
  ...sqlRewraps(sql),

  find: async (id) => {
    const [row] = await sql.query(`${SELECT} where c.id = $1`, [id]);
    return row === undefined ? undefined : fromRow(row);
  },

  list: async (afterId, limit) => {
    const rows = await sql.query(`${SELECT} where c.id > $1 order by c.id limit $2`, [afterId, limit]);
    return rows.map(fromRow);
  },

  deleteExpired: async (nowMs, limit) => {
    const rows = await sql.query(
      `delete from vault_credential_versions v using (
         select credential_id, version from vault_credential_versions
         where valid_until <= $1 order by valid_until limit $2
       ) over_now
       where v.credential_id = over_now.credential_id and v.version = over_now.version returning v.version`,
      [new Date(nowMs), limit],
    );
    return rows.length;
  },
});
