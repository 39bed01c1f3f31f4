import { ApiKeyStatus, ApiKeyType } from '@portolan/proto';
import * as z from 'zod';
import { readRows } from '../store/rows.ts';
import { snapshotReader } from './reader.ts';

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  user_id: z.string().nullable(),
  type: z.enum(['organisation-service', 'workspace-service', 'workspace-user']),
  status: z.enum(['active', 'exhausted', 'revoked']),
  scopes: z.array(z.string()),
  default_config: z.string().nullable(),
  default_metadata: z.record(z.string(), z.string()),
  allow_config_override: z.boolean(),
  usage_limits: z.unknown(),
  rate_limits: z.unknown(),
  expires_at: z.date().nullable(),
  generation: z.bigint(),
  secrets: z.array(
    z.object({ public_part: z.string(), pepper_id: z.string(), digest: z.string(), ends_at_ms: z.number().nullable() }),
  ),
});

const TYPES = {
  'organisation-service': ApiKeyType.API_KEY_TYPE_ORGANIZATION_SERVICE,
  'workspace-service': ApiKeyType.API_KEY_TYPE_WORKSPACE_SERVICE,
  'workspace-user': ApiKeyType.API_KEY_TYPE_WORKSPACE_USER,
} as const;

const STATUSES = {
  active: ApiKeyStatus.API_KEY_STATUS_ACTIVE,
  exhausted: ApiKeyStatus.API_KEY_STATUS_EXHAUSTED,
  revoked: ApiKeyStatus.API_KEY_STATUS_REVOKED,
} as const;

export const apiKeyReader = snapshotReader({
  kind: 'api_key',
  select: `
    select t.id, t.organization_id, t.workspace_id, t.user_id, t.type, t.status, t.scopes, t.default_metadata, t.allow_config_override,
      t.usage_limits, t.rate_limits, t.expires_at, t.generation,
      (select c.slug from configs c where c.organization_id = t.organization_id and c.status = 'active'
        and t.default_config_id in (c.id, c.slug)) as default_config,
      coalesce((
        select jsonb_agg(jsonb_build_object('public_part', s.public_part, 'pepper_id', s.pepper_id,
          'digest', encode(s.digest, 'hex'), 'ends_at_ms', (extract(epoch from s.ends_at) * 1000)::bigint) order by s.created_at)
        from api_key_secrets s where s.api_key_id = t.id
      ), '[]'::jsonb) as secrets
    from api_keys t`,
  usable: `t.status <> 'revoked' and (t.expires_at is null or t.expires_at > now())`,
  rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
  toEntity: (found) => ({
    kind: {
      $case: 'apiKey',
      value: {
        id: found.id,
        organizationId: found.organization_id,
        workspaceId: found.workspace_id ?? '',
        userId: found.user_id ?? '',
        type: TYPES[found.type],
        status: STATUSES[found.status],
        scopes: found.scopes,
        defaultConfigSlug: found.default_config ?? '',
        defaultMetadata: found.default_metadata,
        allowConfigOverride: found.allow_config_override,
        expireTime: found.expires_at ?? undefined,
        generation: Number(found.generation),
        secrets: found.secrets.map(({ public_part, pepper_id, digest, ends_at_ms }) => ({
          publicPart: public_part,
          pepperId: pepper_id,
          digest: Buffer.from(digest, 'hex'),
          expireTime: ends_at_ms === null ? undefined : new Date(ends_at_ms),
        })),
        usageLimitsJson: found.usage_limits === null ? '' : JSON.stringify(found.usage_limits),
        rateLimitsJson: JSON.stringify(found.rate_limits),
      },
    },
  }),
});
