import type { JsonObject } from '../../../domain/json.ts';
import type { GuardrailRow, GuardrailVersionRow } from '../../../store/guardrails.ts';
import { toTime } from '../../../store/rows.ts';

/** A guardrail in a list. */
export const guardrailSummary = (row: GuardrailRow): JsonObject => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  status: row.status,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  owner_id: row.owner_id,
  updated_by: row.updated_by,
  object: 'guardrail',
});

/** A guardrail with what it does. */
export const guardrailView = (row: GuardrailVersionRow): JsonObject => ({
  ...guardrailSummary(row),
  version_id: row.version_id,
  checks: row.checks,
  actions: row.actions,
});
