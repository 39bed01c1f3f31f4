import type { Sql } from '@portolan/sql';
import type { Change, ChangeKind } from '../change/changes.ts';

interface Content {
  readonly table: string;
  /** What people call them. */
  readonly what: string;
  /** The status of what is gone. */
  readonly gone: 'archived' | 'revoked';
  readonly also: string;
  /** What gateways are told. */
  readonly kind: ChangeKind | null;
}

const RAISED = ', generation = generation + 1';

/** What can lie in a workspace. Collections and labels are not among it: they hold nothing by themselves. */
const CONTENTS: readonly Content[] = [
  { table: 'virtual_keys', what: 'providers', gone: 'archived', also: RAISED, kind: 'virtual_key' },
  { table: 'integrations', what: 'integrations', gone: 'archived', also: '', kind: null },
  { table: 'configs', what: 'configs', gone: 'archived', also: RAISED, kind: 'config' },
  { table: 'prompts', what: 'prompts', gone: 'archived', also: RAISED, kind: 'prompt' },
  { table: 'partials', what: 'partials', gone: 'archived', also: RAISED, kind: 'partial' },
  { table: 'guardrails', what: 'guardrails', gone: 'archived', also: '', kind: null },
  { table: 'api_keys', what: 'API keys', gone: 'revoked', also: `${RAISED}, next_rotation_at = null`, kind: 'api_key' },
];

/** What is still in use in a workspace, such as `2 configs`; empty for nothing. */
export const contentsOf = async (sql: Sql, workspaceId: string): Promise<readonly string[]> => {
  const parts = CONTENTS.map(
    ({ table, what, gone }) =>
      `select '${what}' as what, count(*) as total from ${table} where workspace_id = $1 and status <> '${gone}'`,
  );
  const rows = await sql.query(parts.join(' union all '), [workspaceId]);
  return rows.filter(({ total }) => Number(total) > 0).map(({ what, total }) => `${total} ${what}`);
};

/** Credentials that nothing uses any more, for the vault to revoke. */
export interface RemovedContents {
  readonly changed: readonly Change[];
  readonly credentialIds: readonly string[];
}

/** Takes everything in a workspace out of use: for good, as a deletion of each would. */
export const removeContents = async (tx: Sql, workspaceId: string): Promise<RemovedContents> => {
  // A virtual key that was made together with its credential takes it along, wherever the integration is said to belong.
  const credentials = await tx.query(
    `update integrations set status = 'archived', updated_at = now()
     where status <> 'archived' and (workspace_id = $1 or id in (
       select v.integration_id from virtual_keys v where v.workspace_id = $1 and v.owns_integration and v.status <> 'archived'))
     returning credential_id`,
    [workspaceId],
  );
  const changed: Change[] = [];
  for (const { table, gone, also, kind } of CONTENTS) {
    const rows = await tx.query(
      `update ${table} set status = '${gone}', updated_at = now()${also} where workspace_id = $1 and status <> '${gone}' returning id`,
      [workspaceId],
    );
    if (kind !== null) changed.push(...rows.map(({ id }) => ({ kind, id: String(id) })));
  }
  for (const table of ['collections', 'labels']) {
    await tx.query(`update ${table} set status = 'archived', updated_at = now() where workspace_id = $1`, [
      workspaceId,
    ]);
  }
  return { changed, credentialIds: credentials.map(({ credential_id }) => String(credential_id)) };
};
