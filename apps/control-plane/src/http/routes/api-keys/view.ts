import { rotationPolicyView } from '../../../domain/api-key-rotation.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { rateLimitsAsArray, usageLimitsAsObject } from '../../../domain/limits.ts';
import type { ApiKeyRow } from '../../../store/api-key-reads.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';

/** What a key is at this moment: its end is told by the clock, whether anybody has noted it or not. */
export const apiKeyStatus = (
  { status, expires_at }: Pick<ApiKeyRow, 'status' | 'expires_at'>,
  nowMs: number,
): string => (expires_at !== null && expires_at.getTime() <= nowMs ? 'expired' : status);

/** A key as it is shown after the one time that its secret was. */
export const apiKeyView = (row: ApiKeyRow, nowMs: number): JsonObject => ({
  id: row.id,
  key: row.masked,
  name: row.name,
  description: row.description,
  type: row.type,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  user_id: row.user_id,
  status: apiKeyStatus(row, nowMs),
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  last_reset_at: toTimeOrNull(row.last_reset_at),
  creation_mode: row.creation_mode,
  rate_limits: rateLimitsAsArray(row.rate_limits),
  usage_limits: usageLimitsAsObject(row.usage_limits),
  reset_usage: 0,
  scopes: row.scopes,
  defaults: {
    metadata: row.default_metadata,
    config_id: row.config_slug ?? row.workspace_config_slug,
    allow_config_override: row.allow_config_override,
  },
  allow_config_override: row.allow_config_override ? 1 : 0,
  alert_emails: row.alert_emails,
  expires_at: toTimeOrNull(row.expires_at),
  rotation_policy: rotationPolicyView(row.rotation_policy, row.next_rotation_at),
  object: 'api-key',
});
