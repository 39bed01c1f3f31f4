import type { Sql } from '@portolan/sql';
import type { RateLimit, UsageLimit } from '../domain/limits.ts';
import type { WorkspaceDefaults } from '../domain/workspace-defaults.ts';

/** What a change leaves a workspace with: everything that can be changed, whether it was or not. */
export interface WorkspaceState {
  readonly name: string;
  readonly icon: string | null;
  readonly description: string | null;
  readonly defaults: WorkspaceDefaults;
  readonly usageLimits: readonly UsageLimit[];
  readonly rateLimits: readonly RateLimit[];
}

export const updateWorkspace = async (
  tx: Sql,
  id: string,
  state: WorkspaceState,
  resetAt: Date | null = null,
): Promise<void> => {
  await tx.query(
    `update workspaces set name = $2, icon = $3, description = $4, defaults = $5, usage_limits = $6, rate_limits = $7,
       last_reset_at = coalesce($8, last_reset_at), updated_at = now() where id = $1`,
    [
      id,
      state.name,
      state.icon,
      state.description,
      JSON.stringify(state.defaults),
      JSON.stringify(state.usageLimits),
      JSON.stringify(state.rateLimits),
      resetAt,
    ],
  );
};

export const updateWorkspaceSettings = async (tx: Sql, id: string, settings: object): Promise<void> => {
  await tx.query('update workspaces set settings = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(settings),
  ]);
};

/** Takes a workspace out of use. Its slug stays taken, and nobody is its member any more. */
export const archiveWorkspace = async (tx: Sql, id: string): Promise<void> => {
  await tx.query(`update workspaces set status = 'archived', updated_at = now() where id = $1`, [id]);
  await tx.query('delete from workspace_members where workspace_id = $1', [id]);
};

/** Of the guardrails that the organization wants everywhere, which kinds do not hold in a workspace. */
export const updateExclusions = async (
  tx: Sql,
  id: string,
  excluded: readonly ('input' | 'output')[],
): Promise<void> => {
  await tx.query('update workspaces set excluded_guardrails = $2, updated_at = now() where id = $1', [
    id,
    JSON.stringify(excluded),
  ]);
};
