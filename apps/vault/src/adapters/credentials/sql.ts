import { isUniqueViolation, type Row, type Sql } from '@portolan/sql';
import { z } from 'zod';
import type { Credentials, FoundCredential, SaveOutcome, SealedAt, StoredCredential } from '../../ports/credentials.ts';
import { writeChange } from '../journal.ts';

const storedVersions = z.array(
  z.object({
    version: z.number(),
    validUntilMs: z.number().nullable(),
    secrets: z.array(z.object({ field: z.string(), sealed: z.string(), masked: z.string() })),
  }),
);

const storedCredential = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  provider: z.string(),
  settings: z.record(z.string(), z.unknown()),
  allowed_hosts: z.array(z.string()),
  extra_hosts: z.array(z.string()),
  status: z.enum(['active', 'revoked']),
  generation: z.bigint(),
  versions: storedVersions,
  created_at: z.date(),
  updated_at: z.date(),
});

const fromRow = (row: Row): FoundCredential => {
  const { organization_id, workspace_id, allowed_hosts, extra_hosts, generation, created_at, updated_at, ...rest } =
    storedCredential.parse(row);
  return {
    ...rest,
    organizationId: organization_id,
    workspaceId: workspace_id,
    allowedHosts: allowed_hosts,
    extraHosts: extra_hosts,
    generation: Number(generation),
    createdAtMs: created_at.getTime(),
    updatedAtMs: updated_at.getTime(),
  };
};

/** One statement, so that a credential is never seen with the secrets of two different moments. */
const SELECT = `
  select c.id, c.organization_id, c.workspace_id, c.provider, c.settings, c.allowed_hosts, c.extra_hosts, c.status,
    c.generation, c.created_at, c.updated_at,
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'version', v.version,
        'validUntilMs', (extract(epoch from v.valid_until) * 1000)::bigint,
        'secrets', coalesce((
          select jsonb_agg(jsonb_build_object('field', s.field, 'sealed', s.sealed, 'masked', s.masked) order by s.field)
          from vault_credential_secrets s where s.credential_id = v.credential_id and s.version = v.version
        ), '[]'::jsonb)) order by v.version)
      from vault_credential_versions v where v.credential_id = c.id
    ), '[]'::jsonb) as versions
  from vault_credentials c`;

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

/** Ends a transaction that must not happen; carried out of it as its outcome. */
class NotSaved extends Error {
  readonly outcome: SaveOutcome;

  constructor(outcome: SaveOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

const outcomeOf = async (work: Promise<unknown>): Promise<SaveOutcome> => {
  try {
    await work;
    return 'saved';
  } catch (error) {
    if (error instanceof NotSaved) return error.outcome;
    if (isUniqueViolation(error)) return 'conflict';
    throw error;
  }
};

const writeVersions = async (tx: Sql, { id, organizationId, versions }: StoredCredential): Promise<void> => {
  // The lock keeps the key's old versions from being retired between this check and the commit.
  const [key] = await tx.query('select id, min_version from vault_tenant_keys where organization_id = $1 for share', [
    organizationId,
  ]);
  await tx.query(
    `insert into vault_credential_versions (credential_id, version, valid_until)
     select $1, x.version, to_timestamp(x.valid_until_ms / 1000.0)
     from jsonb_to_recordset($2::jsonb) as x(version integer, valid_until_ms bigint)
     on conflict (credential_id, version) do update set valid_until = excluded.valid_until`,
    [id, JSON.stringify(versions.map(({ version, validUntilMs }) => ({ version, valid_until_ms: validUntilMs })))],
  );
  const secrets = versions.flatMap(({ version, secrets }) => secrets.map((secret) => ({ version, ...secret })));
  const written = await tx.query(
    `insert into vault_credential_secrets (credential_id, version, field, sealed, masked)
     select $1, x.version, x.field, x.sealed, x.masked
     from jsonb_to_recordset($2::jsonb) as x(version integer, field text, sealed text, masked text)
     on conflict (credential_id, version, field) do nothing
     returning tenant_key_id, key_version`,
    [id, JSON.stringify(secrets)],
  );
  const usable = written.every(
    (row) => row.tenant_key_id === key?.id && Number(row.key_version) >= Number(key?.min_version),
  );
  if (!usable) throw new NotSaved('retired_key');
};

const valuesOf = (credential: StoredCredential): readonly (string | number)[] => [
  credential.id,
  credential.organizationId,
  credential.workspaceId,
  credential.provider,
  JSON.stringify(credential.settings),
  JSON.stringify(credential.allowedHosts),
  credential.status,
  credential.generation,
  JSON.stringify(credential.extraHosts),
];

export const sqlCredentials = (sql: Sql): Credentials => ({
  insert: (credential, audit) =>
    outcomeOf(
      sql.transaction(async (tx) => {
        await tx.query(
          `insert into vault_credentials
             (id, organization_id, workspace_id, provider, settings, allowed_hosts, status, generation, extra_hosts)
           values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9::jsonb)`,
          valuesOf(credential),
        );
        await writeVersions(tx, credential);
        await writeChange(tx, credential, audit);
      }),
    ),

  find: async (id) => {
    const [row] = await sql.query(`${SELECT} where c.id = $1`, [id]);
    return row === undefined ? undefined : fromRow(row);
  },

  list: async (afterId, limit) => {
    const rows = await sql.query(`${SELECT} where c.id > $1 order by c.id limit $2`, [afterId, limit]);
    return rows.map(fromRow);
  },

  update: (credential, expectedGeneration, audit) =>
    outcomeOf(
      sql.transaction(async (tx) => {
        const changed = await tx.query(
          `update vault_credentials
           set settings = $5::jsonb, allowed_hosts = $6::jsonb, status = $7, generation = $8, extra_hosts = $9::jsonb,
             updated_at = now()
           where id = $1 and organization_id = $2 and workspace_id = $3 and provider = $4 and generation = $10
           returning id`,
          [...valuesOf(credential), expectedGeneration],
        );
        if (changed.length === 0) throw new NotSaved('conflict');
        await tx.query(
          `delete from vault_credential_versions
           where credential_id = $1 and version not in (select jsonb_array_elements_text($2::jsonb)::integer)`,
          [credential.id, JSON.stringify(credential.versions.map(({ version }) => version))],
        );
        await writeVersions(tx, credential);
        await writeChange(tx, credential, audit);
      }),
    ),

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
