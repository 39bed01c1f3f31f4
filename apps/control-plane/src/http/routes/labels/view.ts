import type { JsonObject } from '../../../domain/json.ts';
import type { LabelRow } from '../../../store/labels.ts';
import { toTime } from '../../../store/rows.ts';

export const labelView = (row: LabelRow): JsonObject => ({
  id: row.id,
  name: row.name,
  description: row.description,
  color_code: row.color_code,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  is_universal: row.is_universal,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
  status: row.status,
  object: 'label',
});
