import type { JsonObject } from '../../../domain/json.ts';
import type { InviteRow } from '../../../store/invites.ts';
import { toTime, toTimeOrNull } from '../../../store/rows.ts';

export const inviteView = (row: InviteRow): JsonObject => ({
  object: 'invite',
  id: row.id,
  email: row.email,
  role: row.role,
  status: row.status,
  invited_by: row.invited_by,
  workspaces: row.workspaces,
  created_at: toTime(row.created_at),
  expires_at: toTime(row.expires_at),
  accepted_at: toTimeOrNull(row.accepted_at),
});
