import type { Row, Sql } from '@portolan/sql';
import type { Credentials, SealedAt } from '../../ports/credentials.ts';

const SEALED_BEFORE = `
  select c.organization_id, c.workspace_id, s.credential_id, s.version, s.field, s.sealed
  from vault_credential_secrets s join vault_credentials c on c.id = s.credential_id
  where s.tenant_key_id = $1 and s.key_version < $2 and (s.credential_id, s.version, s.field) > ($3, $4, $5)
  order by s.credential_id, s.version, s.field limit $6`;

const EXCHANGE = `
  update vault_credential_secrets s set sealed = x."to"
  from jsonb_to_recordset($1::jsonb) as x(credential_id text, version integer, field text, "from" text, "to" text)
  where s.credential_id = x.credential_id and s.version = x.version and s.field = x.field and s.sealed = x."from"
  returning s.field`;

const UNFINISHED = `
  select k.organization_id, k.current_version, (
    select count(*) from vault_credential_secrets s where s.tenant_key_id = k.id and s.key_version < k.current_version
  ) as left
  from vault_tenant_keys k where k.min_version < k.current_version order by k.organization_id limit $1`;

const KEEP_CURSOR = `
  insert into vault_rewraps (tenant_key_id, to_version, after_credential_id, after_version, after_field)
  values ($1, $2, $3, $4, $5)
  on conflict (tenant_key_id) do update set to_version = excluded.to_version,
    after_credential_id = excluded.after_credential_id, after_version = excluded.after_version, after_field = excluded.after_field`;

const sealedAt = (row: Row): SealedAt => ({
  place: {
    organizationId: String(row.organization_id),
    workspaceId: String(row.workspace_id),
    credentialId: String(row.credential_id),
    field: String(row.field),
    credentialVersion: Number(row.version),
  },
  sealed: String(row.sealed),
});

/** The part of the store that moves secrets to a newer version of their key. */
export const sqlRewraps = (
  sql: Sql,
): Pick<Credentials, 'progress' | 'sealedBefore' | 'exchange' | 'finish' | 'unfinished'> => ({
  progress: async (tenantKeyId) => {
    const [row] = await sql.query('select * from vault_rewraps where tenant_key_id = $1', [tenantKeyId]);
    if (row === undefined) return undefined;
    return {
      tenantKeyId,
      toVersion: Number(row.to_version),
      after: {
        credentialId: String(row.after_credential_id),
        credentialVersion: Number(row.after_version),
        field: String(row.after_field),
      },
    };
  },

  sealedBefore: async ({ tenantKeyId, toVersion, after }, limit) => {
    const { credentialId = '', credentialVersion = 0, field = '' } = after ?? {};
    const rows = await sql.query(SEALED_BEFORE, [
      tenantKeyId,
      toVersion,
      credentialId,
      credentialVersion,
      field,
      limit,
    ]);
    return rows.map(sealedAt);
  },

  exchange: (changes, { tenantKeyId, toVersion, after }) =>
    sql.transaction(async (tx) => {
      const rows = changes.map(({ place: { credentialId, credentialVersion, field }, from, to }) => ({
        credential_id: credentialId,
        version: credentialVersion,
        field,
        from,
        to,
      }));
      const changed = await tx.query(EXCHANGE, [JSON.stringify(rows)]);
      if (after !== undefined) {
        const { credentialId, credentialVersion, field } = after;
        await tx.query(KEEP_CURSOR, [tenantKeyId, toVersion, credentialId, credentialVersion, field]);
      }
      return changed.length;
    }),

  finish: (tenantKeyId, toVersion) =>
    sql.transaction(async (tx) => {
      // Waits for whoever is writing a secret with one of the versions to be retired, and keeps others from beginning.
      await tx.query('select id from vault_tenant_keys where id = $1 for update', [tenantKeyId]);
      const [row] = await tx.query(
        'select count(*) as left from vault_credential_secrets where tenant_key_id = $1 and key_version < $2',
        [tenantKeyId, toVersion],
      );
      const left = Number(row?.left);
      if (left === 0) {
        await tx.query('update vault_tenant_keys set min_version = greatest(min_version, $2) where id = $1', [
          tenantKeyId,
          toVersion,
        ]);
      }
      await tx.query('delete from vault_rewraps where tenant_key_id = $1', [tenantKeyId]);
      return left;
    }),

  unfinished: async (limit) => {
    const rows = await sql.query(UNFINISHED, [limit]);
    return rows.map((row) => ({
      organizationId: String(row.organization_id),
      toVersion: Number(row.current_version),
      left: Number(row.left),
    }));
  },
});
