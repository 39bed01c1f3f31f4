import type { Sql } from '@portolan/sql';

/** What a change of its settings leaves an organization with. */
export interface OrganizationState {
  readonly name: string;
  readonly settings: object;
  readonly overridable: readonly string[];
  /** Null for none. */
  readonly jwks: object | null;
  readonly jwksUrl: string | null;
}

export const updateOrganization = async (tx: Sql, id: string, state: OrganizationState): Promise<void> => {
  await tx.query(
    'update organizations set name = $2, settings = $3, overridable = $4, jwks = $5, jwks_url = $6, updated_at = now() where id = $1',
    [
      id,
      state.name,
      JSON.stringify(state.settings),
      JSON.stringify(state.overridable),
      state.jwks === null ? null : JSON.stringify(state.jwks),
      state.jwksUrl,
    ],
  );
};

/** Takes the lock of an organization's row, so that changes of its settings come one after the other. */
export const lockOrganization = async (tx: Sql, id: string): Promise<void> => {
  await tx.query('select id from organizations where id = $1 for update', [id]);
};

export const updateOrganizationDefaults = async (tx: Sql, id: string, defaults: object): Promise<void> => {
  await tx.query('update organizations set defaults = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(defaults),
  ]);
};

/** The ids of the workspaces in use. */
export const activeWorkspaceIds = async (sql: Sql, organizationId: string): Promise<readonly string[]> => {
  const rows = await sql.query(
    `select id from workspaces where organization_id = $1 and status = 'active' order by id`,
    [organizationId],
  );
  return rows.map(({ id }) => String(id));
};
