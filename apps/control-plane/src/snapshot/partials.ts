import * as z from 'zod';
import { readRows } from '../store/rows.ts';
import { inSmallPages, PROMPT_STATUSES } from './prompts.ts';
import { snapshotReader } from './reader.ts';

const row = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string(),
  slug: z.string(),
  status: z.enum(['active', 'archived']),
  generation: z.bigint(),
  published_version: z.number(),
  versions: z.array(z.object({ id: z.string(), number: z.number(), template: z.string() })),
});

const VERSIONS = `
  select coalesce(json_agg(json_build_object('id', v.id, 'number', v.number, 'template', v.template) order by v.number), '[]'::json)
  from partial_versions v where v.partial_id = t.id and v.status = 'active' and t.status = 'active'`;

export const partialReader = inSmallPages(
  snapshotReader({
    kind: 'partial',
    select: `
      select t.id, t.organization_id, t.workspace_id, t.slug, t.status, t.generation, t.published_version, (${VERSIONS}) as versions
      from partials t`,
    usable: `t.status = 'active'`,
    rows: async (sql, text, params) => readRows(row, await sql.query(text, params)),
    toEntity: (found) => ({
      kind: {
        $case: 'partial',
        value: {
          id: found.id,
          organizationId: found.organization_id,
          workspaceId: found.workspace_id,
          slug: found.slug,
          status: PROMPT_STATUSES[found.status],
          generation: Number(found.generation),
          publishedVersion: found.published_version,
          versions: found.versions,
        },
      },
    }),
  }),
);
