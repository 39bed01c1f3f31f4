/** A pattern for `ilike` that finds a text anywhere; null finds everything. */
export const searchPattern = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : `%${text.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;

/** Whether to take the row's lock with it. */
export type Lock = 'lock' | 'look';

/** A place in the tenant: all of it, or one of its workspaces. */
export interface Within {
  readonly organizationId: string;
  /** Null for all workspaces. */
  readonly workspaceId: string | null;
}

/** One thing by its slug or id. Slugs are unique in a workspace: of equal ones that of the preferred workspace counts. */
export interface Named {
  readonly organizationId: string;
  readonly ref: string;
  /** Id or slug of a workspace. */
  readonly preferred: string | null;
}

/** The condition for `Named`, for a table with the alias `t`; its parameters are $1, $2 and $3. */
export const NAMED = `t.organization_id = $1 and (t.slug = $2 or t.id = $2) and t.status = 'active'`;
export const PREFERRED_FIRST = `order by (t.workspace_id in (select w.id from workspaces w where w.organization_id = $1 and (w.id = $3 or w.slug = $3))) desc, t.id limit 1`;
