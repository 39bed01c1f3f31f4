import { isOn } from '@portolan/access-control';
import { RequestLogging } from '@portolan/proto';
import * as z from 'zod';
import { effectiveSettings } from '../access/settings.ts';
import { readRows } from '../store/rows.ts';
import { REQUEST_LOGGING, TENANT_STATUS } from './organizations.ts';
import { snapshotReader } from './reader.ts';

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  slug: z.string(),
  status: z.enum(['active', 'archived']),
  metadata: z.record(z.string(), z.string()).nullable(),
  default_config: z.string().nullable(),
  usage_limits: z.unknown(),
  rate_limits: z.unknown(),
  settings: z.unknown(),
  organization_settings: z.unknown(),
  overridable: z.array(z.string()),
});

export const workspaceReader = snapshotReader({
  kind: 'workspace',
  select: `
    select t.id, t.organization_id, t.slug, t.status, t.defaults -> 'metadata' as metadata, t.usage_limits, t.rate_limits, t.settings,
      o.settings as organization_settings, o.overridable,
      (select c.slug from configs c where c.organization_id = t.organization_id and c.status = 'active'
        and t.defaults ->> 'user_api_key_config' in (c.slug, c.id)) as default_config
    from workspaces t join organizations o on o.id = t.organization_id`,
  usable: `t.status = 'active'`,
  rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
  toEntity: (found) => {
    const own = effectiveSettings({ settings: found.organization_settings, overridable: found.overridable }, found);
    const ofOrganization = effectiveSettings({ settings: found.organization_settings, overridable: [] }, undefined);
    const ownSavedOnly = isOn(own, 'blockInlineConfigs');
    return {
      kind: {
        $case: 'workspace',
        value: {
          id: found.id,
          organizationId: found.organization_id,
          slug: found.slug,
          status: TENANT_STATUS[found.status],
          defaultUserKeyConfigSlug: found.default_config ?? '',
          defaultMetadata: found.metadata ?? {},
          usageLimitsJson: JSON.stringify(found.usage_limits),
          rateLimitsJson: JSON.stringify(found.rate_limits),
          requestLogging:
            own.requestLogging === ofOrganization.requestLogging
              ? RequestLogging.REQUEST_LOGGING_UNSPECIFIED
              : REQUEST_LOGGING[own.requestLogging],
          blockInlineConfigs: ownSavedOnly === isOn(ofOrganization, 'blockInlineConfigs') ? undefined : ownSavedOnly,
        },
      },
    };
  },
});
