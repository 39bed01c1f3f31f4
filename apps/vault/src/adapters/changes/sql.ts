import type { Row, Sql } from '@portolan/sql';
import type { Changes, NumberedChange } from '../../ports/changes.ts';

const AFTER = `
  select h.epoch, h.revision as head, c.revision, c.credential_id, c.organization_id, c.generation, c.status
  from vault_head h
  left join lateral (select * from vault_changes where revision > $1 order by revision limit $2) c on true
  order by c.revision`;

const toChange = (row: Row): NumberedChange => ({
  revision: Number(row.revision),
  credentialId: String(row.credential_id),
  organizationId: String(row.organization_id),
  generation: Number(row.generation),
  status: row.status === 'active' ? 'active' : 'revoked',
});

export const sqlChanges = (sql: Sql): Changes => ({
  after: async (revision, limit) => {
    const rows = await sql.query(AFTER, [revision, limit]);
    const [first] = rows;
    return {
      head: { epoch: String(first?.epoch), revision: Number(first?.head) },
      changes: rows.filter((row) => row.revision !== null).map(toChange),
    };
  },
  completeAfter: async () => {
    const [row] = await sql.query(
      'select coalesce((select min(revision) - 1 from vault_changes), revision) as revision from vault_head',
    );
    return Number(row?.revision);
  },
  prune: async (keep) => {
    const [row] = await sql.query(
      `with gone as (
         delete from vault_changes where revision <= (select revision - $1 from vault_head) returning revision
       ) select count(*) as count from gone`,
      [keep],
    );
    return Number(row?.count);
  },
});
