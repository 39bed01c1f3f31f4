import { isOn } from '@portolan/access-control';
import { RequestLogging, TenantStatus } from '@portolan/proto';
import * as z from 'zod';
import { organizationSettings } from '../access/settings.ts';
import { readRows } from '../store/rows.ts';
import { snapshotReader } from './reader.ts';

const row = z.object({
  id: z.string(),
  status: z.enum(['active', 'archived']),
  settings: z.unknown(),
  jwks: z.unknown(),
  jwks_url: z.string().nullable(),
});

export const TENANT_STATUS = {
  active: TenantStatus.TENANT_STATUS_ACTIVE,
  archived: TenantStatus.TENANT_STATUS_ARCHIVED,
} as const;

export const REQUEST_LOGGING = {
  full: RequestLogging.REQUEST_LOGGING_FULL,
  metrics: RequestLogging.REQUEST_LOGGING_METRICS,
} as const;

export const organizationReader = snapshotReader({
  kind: 'organization',
  select: 'select t.id, t.status, t.settings, t.jwks, t.jwks_url from organizations t',
  usable: `t.status = 'active'`,
  rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
  toEntity: ({ id, status, settings, jwks, jwks_url }) => {
    const own = organizationSettings(settings);
    return {
      kind: {
        $case: 'organization',
        value: {
          id,
          status: TENANT_STATUS[status],
          blockInlineConfigs: isOn(own, 'blockInlineConfigs'),
          jwksJson: jwks === null || jwks === undefined ? '' : JSON.stringify(jwks),
          jwksUrl: jwks_url ?? '',
          requestLogging: REQUEST_LOGGING[own.requestLogging],
        },
      },
    };
  },
});
