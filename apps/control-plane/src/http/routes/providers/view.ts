import type { JsonObject } from '../../../domain/json.ts';
import { rateLimitsAsArray, usageLimitsAsObject } from '../../../domain/limits.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';
import type { VirtualKeyRow } from '../../../store/virtual-keys.ts';
import { handleStatus } from '../virtual-keys/view.ts';

/** A handle as providers are read. */
export const providerView = (row: VirtualKeyRow, nowMs: number): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  note: row.note,
  status: handleStatus(row, nowMs),
  integration_id: row.integration_id,
  ai_provider_id: row.provider,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  usage_limits: usageLimitsAsObject(row.usage_limits),
  rate_limits: rateLimitsAsArray(row.rate_limits),
  reset_usage: 0,
  expires_at: toTimeOrNull(row.expires_at),
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  object: 'provider',
});

/** … in a list, where the Python SDK reads an object and everybody else a list: nobody is told of rate limits there. */
export const listedProvider = (row: VirtualKeyRow, nowMs: number): JsonObject => ({
  ...providerView(row, nowMs),
  rate_limits: null,
});
