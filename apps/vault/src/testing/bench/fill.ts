import { randomBytes, randomUUID } from 'node:crypto';
import type { Sql } from '@portolan/sql';
import { fileRootKey } from '../../adapters/root-key/file.ts';
import { sqlTenantKeys } from '../../adapters/tenant-keys/sql.ts';
import { sealRecord } from '../../crypto/record.ts';
import { freshKeyring } from '../samples.ts';

const ROWS_AT_ONCE = 1_000;

const INSERT = `
  with c as (
    insert into vault_credentials
      (id, organization_id, workspace_id, provider, settings, allowed_hosts, extra_hosts, status, generation)
    select x.id, 'org-1', 'ws-1', 'openai', '{}', '["api.openai.com"]', '[]', 'active', 1
    from jsonb_to_recordset($1::jsonb) as x(id text) returning id
  ), v as (
    insert into vault_credential_versions (credential_id, version) select id, 1 from c returning credential_id
  )
  insert into vault_credential_secrets (credential_id, version, field, sealed, masked)
  select x.id, 1, 'key', x.sealed, '********' from jsonb_to_recordset($1::jsonb) as x(id text, sealed text)`;

/** Puts credentials of one organization straight into the store, each with one sealed key. @returns their ids */
export const fill = async (sql: Sql, rootKeyFile: string, count: number): Promise<readonly string[]> => {
  const keyring = freshKeyring(sqlTenantKeys(sql), await fileRootKey(rootKeyFile));
  const ids: string[] = [];
  while (ids.length < count) {
    const rows: { readonly id: string; readonly sealed: string }[] = [];
    const key = await keyring.forSealing('org-1', ROWS_AT_ONCE);
    for (let at = 0; at < Math.min(ROWS_AT_ONCE, count - ids.length); at += 1) {
      const id = randomUUID();
      const plain = Buffer.from(`sk-${randomBytes(24).toString('base64url')}`);
      const place = { organizationId: 'org-1', workspaceId: 'ws-1', credentialId: id, credentialVersion: 1 };
      rows.push({ id, sealed: sealRecord(plain, key, { ...place, field: 'key' }) });
    }
    await sql.query(INSERT, [JSON.stringify(rows)]);
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
};
