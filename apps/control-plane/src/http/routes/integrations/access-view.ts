import type { JsonObject } from '../../../domain/json.ts';
import { rateLimitsAsArray, usageLimitsAsArray } from '../../../domain/limits.ts';
import type { AccessRow } from '../../../store/integration-workspaces.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';

type Limits = readonly JsonObject[];

/** Limits as most clients read them: a list. */
const asList = (limits: Limits): unknown => limits;

/** … and as the Python SDK does: one object, or null. */
const asObject = (limits: Limits): unknown => limits[0] ?? null;

/** What a workspace may do with an integration. */
export const accessView = (row: AccessRow, { isPython }: { readonly isPython: boolean }): JsonObject => {
  const form = isPython ? asObject : asList;
  return {
    id: row.workspace_id,
    slug: row.workspace_slug,
    enabled: row.enabled,
    usage_limits: form(usageLimitsAsArray(row.usage_limits)),
    rate_limits: form(rateLimitsAsArray(row.rate_limits)),
    last_reset_at: toTimeOrNull(row.last_reset_at),
    created_at: toTime(row.created_at),
    last_updated_at: toTime(row.updated_at),
  };
};
