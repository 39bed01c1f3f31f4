import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { readRow } from './rows.ts';

export const workspaceRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  slug: z.string(),
  name: z.string(),
  icon: z.string().nullable(),
  description: z.string().nullable(),
  is_default: z.boolean(),
  status: z.enum(['active', 'archived']),
  defaults: z.record(z.string(), z.unknown()),
  usage_limits: z.array(z.record(z.string(), z.unknown())),
  rate_limits: z.array(z.record(z.string(), z.unknown())),
  settings: z.record(z.string(), z.unknown()),
  created_at: z.date(),
  updated_at: z.date(),
});

export type WorkspaceRow = z.output<typeof workspaceRow>;

export const WORKSPACE_COLUMNS =
  'id, organization_id, slug, name, icon, description, is_default, status, defaults, usage_limits, rate_limits, settings, created_at, updated_at';

/** A workspace of the organization by its id or its slug, archived or not. */
export const findWorkspace = async (sql: Sql, organizationId: string, ref: string): Promise<WorkspaceRow | undefined> =>
  readRow(
    workspaceRow,
    await sql.query(
      `select ${WORKSPACE_COLUMNS} from workspaces where organization_id = $1 and (id = $2 or slug = $2)`,
      [organizationId, ref],
    ),
  );
