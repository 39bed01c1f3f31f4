import { isUniqueViolation, type Sql } from '@portolan/sql';
import type { Credentials, SaveOutcome, StoredCredential } from '../../ports/credentials.ts';
import { writeChange } from '../journal.ts';

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

/** The part of the store that writes what owners change. */
export const sqlSaving = (sql: Sql): Pick<Credentials, 'insert' | 'update'> => ({
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
});
