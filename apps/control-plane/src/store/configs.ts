import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import type { StoredBody } from '../sealing/config-body.ts';
import { readRow, readRows, readTotal } from './rows.ts';

const configRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
  is_default: z.boolean(),
  status: z.enum(['active', 'archived']),
  owner_id: z.string().nullable(),
  updated_by: z.string().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

export type ConfigRow = z.output<typeof configRow>;

const versionRow = configRow.extend({
  version_id: z.string(),
  number: z.number(),
  body: z.string().nullable(),
  sealed_body: z.string().nullable(),
  version_created_at: z.date(),
});

/** A config together with one of its versions. `body` is JSON text, as it was given, unless it is sealed. */
export type ConfigVersionRow = z.output<typeof versionRow>;

const COLUMNS =
  'c.id, c.organization_id, c.workspace_id, c.slug, c.name, c.is_default, c.status, c.owner_id, c.updated_by, c.created_at, c.updated_at';
const VERSION_COLUMNS = `${COLUMNS}, v.id as version_id, v.number, v.body::text as body, v.sealed_body, v.created_at as version_created_at`;

/** Configs that are not archived, newest first. @param workspaceId null for those of the whole organization */
export const listConfigs = async (
  sql: Sql,
  organizationId: string,
  workspaceId: string | null,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly ConfigRow[] }> => {
  const where = `c.organization_id = $1 and ($2::text is null or c.workspace_id = $2) and c.status = 'active'`;
  const params = [organizationId, workspaceId];
  const total = readTotal(await sql.query(`select count(*) as total from configs c where ${where}`, params));
  const rows = await sql.query(
    `select ${COLUMNS} from configs c where ${where} order by c.created_at desc, c.id limit $3 offset $4`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(configRow, rows) };
};

/** A config that is not archived, with its active version. @param ref slug or id */
export const findConfig = async (
  sql: Sql,
  organizationId: string,
  ref: string,
  lock: 'lock' | 'look' = 'look',
): Promise<ConfigVersionRow | undefined> =>
  readRow(
    versionRow,
    await sql.query(
      `select ${VERSION_COLUMNS} from configs c join config_versions v on v.id = c.active_version_id
       where c.organization_id = $1 and (c.slug = $2 or c.id = $2) and c.status = 'active' ${lock === 'lock' ? 'for update of c' : ''}`,
      [organizationId, ref],
    ),
  );

/** All versions of a config, newest first. */
export const listConfigVersions = async (sql: Sql, configId: string): Promise<readonly ConfigVersionRow[]> =>
  readRows(
    versionRow,
    await sql.query(
      `select ${VERSION_COLUMNS} from configs c join config_versions v on v.config_id = c.id where c.id = $1 order by v.number desc`,
      [configId],
    ),
  );

export interface NewConfig {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly slug: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly versionId: string;
  readonly stored: StoredBody;
  readonly by: string;
}

export const insertConfig = async (tx: Sql, config: NewConfig): Promise<void> => {
  const { id, organizationId, workspaceId, slug, name, isDefault, versionId, stored, by } = config;
  await tx.query(
    `insert into configs (id, organization_id, workspace_id, slug, name, is_default, active_version_id, owner_id, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [id, organizationId, workspaceId, slug, name, isDefault, versionId, by],
  );
  await tx.query(
    'insert into config_versions (id, config_id, number, body, sealed_body, created_by) values ($1, $2, 1, $3, $4, $5)',
    [versionId, id, stored.body, stored.sealed_body, by],
  );
};

/** Adds the next version and makes it the active one. The config must be locked. */
export const addConfigVersion = async (
  tx: Sql,
  configId: string,
  versionId: string,
  stored: StoredBody,
  by: string,
): Promise<void> => {
  await tx.query(
    `insert into config_versions (id, config_id, number, body, sealed_body, created_by)
     select $1, $2, max(number) + 1, $3, $4, $5 from config_versions where config_id = $2`,
    [versionId, configId, stored.body, stored.sealed_body, by],
  );
  await tx.query('update configs set active_version_id = $2 where id = $1', [configId, versionId]);
};

export interface ConfigChanges {
  readonly name: string;
  readonly isDefault: boolean;
  readonly status: ConfigRow['status'];
  readonly by: string;
}

export const updateConfig = async (
  tx: Sql,
  id: string,
  { name, isDefault, status, by }: ConfigChanges,
): Promise<void> => {
  await tx.query(
    `update configs set name = $2, is_default = $3, status = $4, updated_by = $5, generation = generation + 1, updated_at = now() where id = $1`,
    [id, name, isDefault, status, by],
  );
};

/** Makes room for a new default: a workspace has one. */
export const clearDefaultConfig = async (tx: Sql, workspaceId: string | null, exceptId: string): Promise<void> => {
  await tx.query('update configs set is_default = false where workspace_id = $1 and is_default and id <> $2', [
    workspaceId,
    exceptId,
  ]);
};

/** Workspaces whose user keys get this config by default. */
export const workspacesWithDefaultConfig = async (
  sql: Sql,
  config: Pick<ConfigRow, 'id' | 'slug' | 'organization_id'>,
): Promise<readonly string[]> => {
  const rows = await sql.query(
    `select slug from workspaces where organization_id = $1 and status = 'active' and defaults ->> 'user_api_key_config' in ($2, $3) order by slug`,
    [config.organization_id, config.slug, config.id],
  );
  return rows.map(({ slug }) => String(slug));
};
