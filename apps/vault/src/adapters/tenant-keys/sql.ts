import type { Row, Sql } from '@portolan/sql';
import type { TenantKeys, TenantKeyVersion } from '../../ports/tenant-keys.ts';

const COLUMNS = 'k.organization_id, k.id, v.version, v.wrapped, v.uses, k.current_version, k.min_version';
const VERSIONS = 'vault_tenant_key_versions v join vault_tenant_keys k on k.id = v.tenant_key_id';

const fromRow = (row: Row): TenantKeyVersion => ({
  organizationId: String(row.organization_id),
  id: String(row.id),
  version: Number(row.version),
  wrapped: String(row.wrapped),
  uses: Number(row.uses),
  currentVersion: Number(row.current_version),
  minVersion: Number(row.min_version),
});

const fromFirst = ([row]: readonly Row[]): TenantKeyVersion | undefined =>
  row === undefined ? undefined : fromRow(row);

export const sqlTenantKeys = (sql: Sql): TenantKeys => {
  const addVersion = (tx: Sql, id: string, version: number, wrapped: string): Promise<unknown> =>
    tx.query('insert into vault_tenant_key_versions (tenant_key_id, version, wrapped) values ($1, $2, $3)', [
      id,
      version,
      wrapped,
    ]);

  return {
    take: async (organizationId, uses) =>
      fromFirst(
        await sql.query(
          `update vault_tenant_key_versions v set uses = v.uses + $2
           from vault_tenant_keys k
           where k.organization_id = $1 and v.tenant_key_id = k.id and v.version = k.current_version
           returning ${COLUMNS}`,
          [organizationId, uses],
        ),
      ),

    find: async (id, version) =>
      fromFirst(
        await sql.query(`select ${COLUMNS} from ${VERSIONS} where k.id = $1 and v.version = $2`, [id, version]),
      ),

    create: ({ organizationId, id, wrapped }) =>
      sql.transaction(async (tx) => {
        const made = await tx.query(
          `insert into vault_tenant_keys (id, organization_id, current_version) values ($1, $2, 1)
           on conflict (organization_id) do nothing returning id`,
          [id, organizationId],
        );
        if (made.length > 0) await addVersion(tx, id, 1, wrapped);
      }),

    add: ({ id, version, wrapped }) =>
      sql.transaction(async (tx) => {
        const moved = await tx.query(
          'update vault_tenant_keys set current_version = $2 where id = $1 and current_version = $2 - 1 returning id',
          [id, version],
        );
        if (moved.length === 0) return false;
        await addVersion(tx, id, version, wrapped);
        return true;
      }),

    wrappedByOthers: async (rootKeyId, after, limit) => {
      const rows = await sql.query(
        `select ${COLUMNS} from ${VERSIONS}
         where v.root_key_id <> $1 and (v.tenant_key_id, v.version) > ($2, $3)
         order by v.tenant_key_id, v.version limit $4`,
        [rootKeyId, after?.id ?? '', after?.version ?? 0, limit],
      );
      return rows.map(fromRow);
    },

    rewrap: async ({ id, version, from, to }) => {
      const changed = await sql.query(
        `update vault_tenant_key_versions set wrapped = $4
         where tenant_key_id = $1 and version = $2 and wrapped = $3 returning version`,
        [id, version, from, to],
      );
      return changed.length > 0;
    },

    oneOfEachRoot: async () => {
      const rows = await sql.query(
        `select distinct on (v.root_key_id) ${COLUMNS} from ${VERSIONS} order by v.root_key_id, v.tenant_key_id, v.version`,
      );
      return rows.map(fromRow);
    },
  };
};
