import { modelConfigView } from '../../../domain/credential-settings.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { rateLimitsAsArray, usageLimitsAsObject } from '../../../domain/limits.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';
import type { VirtualKeyRow } from '../../../store/virtual-keys.ts';

/** What a handle is at this moment: its end is told by the clock, whether anybody has noted it or not. */
export const handleStatus = ({ status, expires_at }: VirtualKeyRow, nowMs: number): string =>
  expires_at !== null && expires_at.getTime() <= nowMs ? 'expired' : status;

export const virtualKeyView = (row: VirtualKeyRow, nowMs: number): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  note: row.note,
  status: handleStatus(row, nowMs),
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  integration_id: row.integration_id,
  ai_provider_name: row.provider,
  masked_api_key: row.masked.key ?? null,
  model_config: modelConfigView(row),
  usage_limits: usageLimitsAsObject(row.usage_limits),
  rate_limits: rateLimitsAsArray(row.rate_limits),
  reset_usage: 0,
  expires_at: toTimeOrNull(row.expires_at),
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  secret_mappings: row.secret_mappings,
  object: 'virtual-key',
});

/** What the audit log keeps of it: no part of a credential, not even its mask. */
export const virtualKeyForAudit = (row: VirtualKeyRow, nowMs: number): JsonObject => {
  const { masked_api_key, model_config, ...rest } = virtualKeyView(row, nowMs);
  return rest;
};
