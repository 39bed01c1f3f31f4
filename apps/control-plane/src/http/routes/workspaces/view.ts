import type { JsonObject } from '../../../domain/json.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';
import type { WorkspaceRow } from '../../../store/workspaces.ts';

/** A workspace in a list, and as the answer to a change. */
export const workspaceSummary = (row: WorkspaceRow): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  icon: row.icon,
  description: row.description,
  organisation_id: row.organization_id,
  is_default: row.is_default ? 1 : 0,
  status: row.status,
  defaults: row.defaults,
  usage_limits: row.usage_limits,
  rate_limits: row.rate_limits,
  last_reset_at: toTimeOrNull(row.last_reset_at),
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  object: 'workspace',
});
