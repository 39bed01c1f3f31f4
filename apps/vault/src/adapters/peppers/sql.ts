import type { Sql } from '@portolan/sql';
import type { Peppers } from '../../ports/peppers.ts';

export const sqlPeppers = (sql: Sql): Peppers => ({
  newest: async () => {
    const rows = await sql.query('select id, sealed from vault_peppers order by position desc limit 2');
    return rows.map((row) => ({ id: String(row.id), sealed: String(row.sealed) }));
  },
  add: ({ id, sealed }, after) =>
    sql.transaction(async (tx) => {
      // The lock of the head lets one instance at a time look and write.
      await tx.query('select 1 as locked from vault_head for update');
      const [newest] = await tx.query('select position, id from vault_peppers order by position desc limit 1');
      if (newest?.id !== after) return false;
      const position = newest === undefined ? 1 : Number(newest.position) + 1;
      await tx.query('insert into vault_peppers (position, id, sealed) values ($1, $2, $3)', [position, id, sealed]);
      return true;
    }),
});
