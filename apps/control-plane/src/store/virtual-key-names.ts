import type { Sql } from '@portolan/sql';

/** Whether requests of a workspace may name this virtual key, with or without its `@`. */
export const hasVirtualKey = async (sql: Sql, workspaceId: string, ref: string): Promise<boolean> => {
  const rows = await sql.query(
    `select id from virtual_keys where workspace_id = $1 and (slug = $2 or id = $2) and status <> 'archived' limit 1`,
    [workspaceId, ref.replace(/^@/, '')],
  );
  return rows.length > 0;
};
