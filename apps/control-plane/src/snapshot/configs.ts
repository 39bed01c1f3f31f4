import { ConfigStatus } from '@portolan/proto';
import * as z from 'zod';
import { readRows } from '../store/rows.ts';
import { snapshotReader } from './reader.ts';

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  slug: z.string(),
  status: z.enum(['active', 'archived']),
  generation: z.bigint(),
  version_id: z.string(),
  number: z.number(),
  body: z.string(),
  created_at: z.date(),
});

const STATUSES = { active: ConfigStatus.CONFIG_STATUS_ACTIVE, archived: ConfigStatus.CONFIG_STATUS_ARCHIVED } as const;

export const configReader = snapshotReader({
  kind: 'config',
  select: `
    select t.id, t.organization_id, t.workspace_id, t.slug, t.status, t.generation, v.id as version_id, v.number, v.body::text as body, v.created_at
    from configs t join config_versions v on v.id = t.active_version_id`,
  usable: `t.status = 'active'`,
  rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
  toEntity: (found) => ({
    kind: {
      $case: 'config',
      value: {
        id: found.id,
        organizationId: found.organization_id,
        workspaceId: found.workspace_id ?? '',
        slug: found.slug,
        versionId: found.version_id,
        version: found.number,
        configJson: found.body,
        status: STATUSES[found.status],
        createTime: found.created_at,
        generation: Number(found.generation),
      },
    },
  }),
});
