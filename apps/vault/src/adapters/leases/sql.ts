import type { Sql } from '@portolan/sql';
import type { Leases } from '../../ports/leases.ts';

export const sqlLeases = (sql: Sql): Leases => ({
  hold: async (name, holder, { nowMs, untilMs }) => {
    const rows = await sql.query(
      `insert into vault_leases (name, holder, until) values ($1, $2, $4)
       on conflict (name) do update set holder = excluded.holder, until = excluded.until
         where vault_leases.holder = excluded.holder or vault_leases.until <= $3
       returning name`,
      [name, holder, new Date(nowMs), new Date(untilMs)],
    );
    return rows.length > 0;
  },
  release: async (name, holder) => {
    await sql.query('delete from vault_leases where name = $1 and holder = $2', [name, holder]);
  },
});
