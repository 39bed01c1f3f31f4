import { configurationsView } from '../../../domain/credential-settings.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { ListedIntegration } from '../../../store/integration-lists.ts';
import type { IntegrationRow } from '../../../store/integrations.ts';
import { toTime } from '../../../store/rows.ts';

export const integrationView = (row: ListedIntegration): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  status: row.status,
  type: row.workspace_id === null ? 'organisation' : 'workspace',
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  ai_provider_id: row.provider,
  masked_key: row.masked.key ?? null,
  configurations: configurationsView(row),
  global_workspace_access: row.global_workspace_access,
  global_workspace_access_settings: row.global_workspace_access,
  allow_all_models: row.allow_all_models,
  workspace_count: Number(row.workspace_count),
  secret_mappings: row.secret_mappings,
  pricing_adjustments: row.pricing_adjustments,
  tags: row.tags,
  owner_id: row.created_by,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  object: 'integration',
});

/** What the audit log keeps of it: no part of a credential, not even its mask. */
export const integrationForAudit = (row: IntegrationRow): JsonObject => ({
  name: row.name,
  slug: row.slug,
  description: row.description,
  ai_provider_id: row.provider,
  settings: row.settings,
  secret_mappings: row.secret_mappings,
  pricing_adjustments: row.pricing_adjustments,
  tags: row.tags,
});
