import type { ApiKeyType } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { storedRotationPolicy } from '../domain/api-key-rotation.ts';
import { storedRateLimits, storedUsageLimits } from '../domain/limits.ts';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const apiKeyRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  user_id: z.string().nullable(),
  type: z.enum(['organisation-service', 'workspace-service', 'workspace-user']),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(['active', 'exhausted', 'revoked']),
  scopes: z.array(z.string()),
  default_config_id: z.string().nullable(),
  /** Slug of its own config. */
  config_slug: z.string().nullable(),
  /** Slug of the config that user keys of the workspace have without one of their own. */
  workspace_config_slug: z.string().nullable(),
  default_metadata: z.record(z.string(), z.string()),
  allow_config_override: z.boolean(),
  usage_limits: storedUsageLimits,
  rate_limits: storedRateLimits,
  alert_emails: z.array(z.string()),
  expires_at: z.date().nullable(),
  rotation_policy: storedRotationPolicy.nullable(),
  next_rotation_at: z.date().nullable(),
  creation_mode: z.enum(['ui', 'api', 'auto']),
  last_reset_at: z.date().nullable(),
  masked: z.string(),
  created_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** An API key without its secrets. */
export type ApiKeyRow = z.output<typeof apiKeyRow>;

const COLUMNS = `
  k.id, k.organization_id, k.workspace_id, k.user_id, k.type, k.name, k.description, k.status, k.scopes, k.default_config_id,
  k.default_metadata, k.allow_config_override, k.usage_limits, k.rate_limits, k.alert_emails, k.expires_at, k.rotation_policy,
  k.next_rotation_at, k.creation_mode, k.last_reset_at, k.masked, k.created_by, k.created_at, k.updated_at,
  (select c.slug from configs c where c.id = k.default_config_id) as config_slug,
  (select c.slug from workspaces w join configs c on c.organization_id = w.organization_id and c.status = 'active'
     and w.defaults ->> 'user_api_key_config' in (c.id, c.slug)
   where w.id = k.workspace_id and k.type = 'workspace-user' and k.default_config_id is null) as workspace_config_slug`;

/** A key that nobody has revoked. */
export const findApiKey = async (
  sql: Sql,
  organizationId: string,
  id: string,
  lock: 'lock' | 'look' = 'look',
): Promise<ApiKeyRow | undefined> =>
  readRow(
    apiKeyRow,
    await sql.query(
      `select ${COLUMNS} from api_keys k where k.organization_id = $1 and k.id = $2 and k.status <> 'revoked' ${lock === 'lock' ? 'for update of k' : ''}`,
      [organizationId, id],
    ),
  );

/** Which keys a list is about. */
export interface ApiKeyFilter {
  readonly organizationId: string;
  /** Null: those of all workspaces, and of the organization itself. */
  readonly workspaceId: string | null;
  /** Types of which all keys are shown. */
  readonly types: readonly ApiKeyType[];
  /** Whose user keys are shown besides. */
  readonly ownedBy: string | null;
  /** Only these, unless null. */
  readonly ids: readonly string[] | null;
}

/** Keys that nobody has revoked, newest first. */
export const listApiKeys = async (
  sql: Sql,
  { organizationId, workspaceId, types, ownedBy, ids }: ApiKeyFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly ApiKeyRow[] }> => {
  const where = `k.organization_id = $1 and ($2::text is null or k.workspace_id = $2) and k.status <> 'revoked'
    and (k.type = any(string_to_array($3, ',')) or (k.type = 'workspace-user' and k.user_id = $4))
    and ($5::text is null or k.id = any(string_to_array($5, ',')))`;
  const params = [organizationId, workspaceId, types.join(','), ownedBy, ids === null ? null : ids.join(',')];
  const total = await count(sql, `select count(*) as total from api_keys k where ${where}`, params);
  const rows = await sql.query(
    `select ${COLUMNS} from api_keys k where ${where} order by k.created_at desc, k.id limit $6 offset $7`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(apiKeyRow, rows) };
};
