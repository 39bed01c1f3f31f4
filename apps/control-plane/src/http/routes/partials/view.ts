import type { JsonObject } from '../../../domain/json.ts';
import type { PartialVersionRow } from '../../../store/partial-versions.ts';
import type { PartialRow } from '../../../store/partials.ts';
import { toTime } from '../../../store/rows.ts';

/** A partial in a list. */
export const partialSummary = (row: PartialRow): JsonObject => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  collection_id: row.collection_id,
  workspace_id: row.workspace_id,
  published_version: row.published_version,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  status: row.status,
  object: 'partial',
});

/** A partial with one of its versions. */
export const partialWithVersion = (row: PartialRow, version: PartialVersionRow): JsonObject => ({
  ...partialSummary(row),
  string: version.template,
  version: version.number,
  version_description: version.description,
  prompt_partial_version_id: version.id,
  prompt_partial_version_status: version.status,
});

/** One of several versions. */
export const partialVersionView = (row: PartialRow, version: PartialVersionRow): JsonObject => ({
  prompt_partial_id: row.id,
  prompt_partial_version_id: version.id,
  slug: row.slug,
  version: version.number,
  string: version.template,
  description: version.description,
  created_at: toTime(version.created_at),
  prompt_version_status: version.status,
  object: 'partial',
});
