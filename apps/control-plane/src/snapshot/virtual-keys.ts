import { VirtualKeyStatus } from '@portolan/proto';
import * as z from 'zod';
import { readRows } from '../store/rows.ts';
import { REACHABLE } from '../store/virtual-keys.ts';
import { snapshotReader } from './reader.ts';

const model = z.looseObject({
  slug: z.string(),
  enabled: z.boolean().optional(),
  configurations: z.looseObject({ custom_host: z.string().nullish() }).nullish(),
});

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  integration_id: z.string(),
  slug: z.string(),
  provider: z.string(),
  credential_id: z.string(),
  status: z.enum(['active', 'exhausted', 'archived']),
  expires_at: z.date().nullable(),
  generation: z.bigint(),
  allow_all_models: z.boolean(),
  models: z.array(model),
  usage_limits: z.unknown(),
  rate_limits: z.unknown(),
});

const STATUSES = {
  active: VirtualKeyStatus.VIRTUAL_KEY_STATUS_ACTIVE,
  exhausted: VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXHAUSTED,
  archived: VirtualKeyStatus.VIRTUAL_KEY_STATUS_ARCHIVED,
} as const;

export const virtualKeyReader = snapshotReader({
  kind: 'virtual_key',
  select: `
    select t.id, t.organization_id, t.workspace_id, t.integration_id, t.slug, i.provider, i.credential_id,
      case when ${REACHABLE} then t.status else 'archived' end as status,
      t.expires_at, t.generation, i.allow_all_models, i.models, t.usage_limits, t.rate_limits
    from virtual_keys t join integrations i on i.id = t.integration_id
      left join integration_workspaces a on a.integration_id = i.id and a.workspace_id = t.workspace_id`,
  usable: `t.status <> 'archived' and ${REACHABLE}`,
  rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
  toEntity: (found) => ({
    kind: {
      $case: 'virtualKey',
      value: {
        id: found.id,
        organizationId: found.organization_id,
        workspaceId: found.workspace_id,
        slug: found.slug,
        provider: found.provider,
        credentialId: found.credential_id,
        status: STATUSES[found.status],
        expireTime: found.expires_at ?? undefined,
        generation: Number(found.generation),
        integrationId: found.integration_id,
        allowAllModels: found.allow_all_models,
        models: found.models
          .filter(({ enabled }) => enabled !== false)
          .map(({ slug, configurations }) => ({ slug, customHost: configurations?.custom_host ?? '' })),
        deniedModels: found.models.filter(({ enabled }) => enabled === false).map(({ slug }) => slug),
        usageLimitsJson: found.usage_limits === null ? '' : JSON.stringify(found.usage_limits),
        rateLimitsJson: JSON.stringify(found.rate_limits),
      },
    },
  }),
});
