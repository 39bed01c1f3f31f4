import type { Row, Sql } from '@portolan/sql';
import type { Canaries, Canary } from '../../ports/canaries.ts';

const SELECT = `
  select k.organization_id, c.sealed from vault_tenant_keys k left join vault_canaries c using (organization_id)`;

const toCanary = (row: Row): Canary => ({
  organizationId: String(row.organization_id),
  sealed: row.sealed === null ? undefined : String(row.sealed),
});

export const sqlCanaries = (sql: Sql): Canaries => ({
  list: async (after, limit) => {
    const rows = await sql.query(`${SELECT} where k.organization_id > $1 order by k.organization_id limit $2`, [
      after,
      limit,
    ]);
    return rows.map(toCanary);
  },
  stalest: async (limit) => {
    const rows = await sql.query(`${SELECT} order by c.tested_at nulls first, k.organization_id limit $1`, [limit]);
    return rows.map(toCanary);
  },
  find: async (organizationId) => {
    const [row] = await sql.query(`${SELECT} where k.organization_id = $1`, [organizationId]);
    return row === undefined ? undefined : toCanary(row);
  },
  keep: async ({ organizationId, sealed, isReadable, testedAtMs }) => {
    await sql.query(
      `insert into vault_canaries (organization_id, sealed, is_readable, tested_at) values ($1, $2, $3, $4)
       on conflict (organization_id) do update
         set sealed = excluded.sealed, is_readable = excluded.is_readable, tested_at = excluded.tested_at`,
      [organizationId, sealed ?? null, isReadable, new Date(testedAtMs)],
    );
  },
  summary: async (unreadableMax) => {
    const [row] = await sql.query(
      'select max(tested_at) as tested_at, count(*) filter (where not is_readable) as unreadable from vault_canaries',
    );
    const unreadable = await sql.query(
      'select organization_id from vault_canaries where not is_readable order by organization_id limit $1',
      [unreadableMax],
    );
    return {
      unreadable: unreadable.map(({ organization_id }) => String(organization_id)),
      unreadableCount: Number(row?.unreadable),
      testedAtMs: row?.tested_at instanceof Date ? row.tested_at.getTime() : undefined,
    };
  },
});
