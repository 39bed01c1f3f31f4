import type { Row } from '@portolan/sql';
import { z } from 'zod';
import type { FoundCredential } from '../../ports/credentials.ts';

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

export const fromRow = (row: Row): FoundCredential => {
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
export const SELECT = `
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
