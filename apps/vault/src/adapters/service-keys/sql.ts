import type { Sql } from '@portolan/sql';
import type { ServiceKeys } from '../../ports/service-keys.ts';

export const sqlServiceKeys = (sql: Sql): ServiceKeys => ({
  newest: async (purpose, max) => {
    const rows = await sql.query(
      'select id, sealed from vault_service_keys where purpose = $1 order by position desc limit $2',
      [purpose, max],
    );
    return rows.map((row) => ({ id: String(row.id), sealed: String(row.sealed) }));
  },
  add: (purpose, { id, sealed }, after) =>
    sql.transaction(async (tx) => {
      // The lock of the head lets one instance at a time look and write.
      await tx.query('select 1 as locked from vault_head for update');
      const [newest] = await tx.query(
        'select position, id from vault_service_keys where purpose = $1 order by position desc limit 1',
        [purpose],
      );
      if (newest?.id !== after) return false;
      const position = newest === undefined ? 1 : Number(newest.position) + 1;
      await tx.query('insert into vault_service_keys (purpose, position, id, sealed) values ($1, $2, $3, $4)', [
        purpose,
        position,
        id,
        sealed,
      ]);
      return true;
    }),
});
