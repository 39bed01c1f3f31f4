import type { JsonObject } from '../../../domain/json.ts';
import { toTime } from '../../../store/rows.ts';
import type { UserRow } from '../../../store/users.ts';

export const userView = (row: UserRow): JsonObject => ({
  object: 'user',
  id: row.id,
  first_name: row.first_name,
  last_name: row.last_name,
  role: row.role,
  email: row.email,
  workspace_ids: row.workspace_ids,
  created_at: toTime(row.created_at),
  last_updated_at: toTime(row.updated_at),
});
