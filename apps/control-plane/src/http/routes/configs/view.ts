import type { JsonObject } from '../../../domain/json.ts';
import type { ConfigRow } from '../../../store/configs.ts';
import { toTime } from '../../../store/rows.ts';
import type { OpenConfigVersion } from './open.ts';

/** A config in a list. */
export const configSummary = (row: ConfigRow): JsonObject => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  is_default: row.is_default ? 1 : 0,
  status: row.status,
  owner_id: row.owner_id,
  updated_by: row.updated_by,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  object: 'config',
});

/** A config with one of its versions. The config itself is JSON text, which every client understands. */
export const configWithVersion = (row: OpenConfigVersion): JsonObject => ({
  ...configSummary(row),
  config: row.body,
  format: 'json',
  type: 'ORG_CONFIG',
  version_id: row.version_id,
  version: row.number,
});

/** One of several versions: it was made when it was, not when the config was. */
export const configVersion = (row: OpenConfigVersion): JsonObject => ({
  ...configWithVersion(row),
  created_at: toTime(row.version_created_at),
});
