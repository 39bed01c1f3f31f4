import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { storedRateLimits, storedUsageLimits } from '../domain/limits.ts';
import { storedWorkspaceDefaults } from '../domain/workspace-defaults.ts';
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
  defaults: storedWorkspaceDefaults,
  usage_limits: storedUsageLimits,
  rate_limits: storedRateLimits,
  settings: z.record(z.string(), z.unknown()),
  last_reset_at: z.date().nullable(),
  excluded_guardrails: z.array(z.enum(['input', 'output'])),
  created_at: z.date(),
  updated_at: z.date(),
});

export type WorkspaceRow = z.output<typeof workspaceRow>;

export const WORKSPACE_COLUMNS =
  'id, organization_id, slug, name, icon, description, is_default, status, defaults, usage_limits, rate_limits, settings, last_reset_at, excluded_guardrails, created_at, updated_at';

/** A workspace of the organization by its id or its slug, archived or not. */
export const findWorkspace = async (
  sql: Sql,
  organizationId: string,
  ref: string,
  lock: 'lock' | 'look' = 'look',
): Promise<WorkspaceRow | undefined> =>
  readRow(
    workspaceRow,
    await sql.query(
      `select ${WORKSPACE_COLUMNS} from workspaces where organization_id = $1 and (id = $2 or slug = $2) ${lock === 'lock' ? 'for update' : ''}`,
      [organizationId, ref],
    ),
  );
