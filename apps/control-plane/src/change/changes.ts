import type { Sql } from '@portolan/sql';

/** What gateways are told of. */
export type ChangeKind = 'organization' | 'workspace' | 'api_key' | 'config' | 'virtual_key' | 'prompt' | 'partial';

export interface Change {
  readonly kind: ChangeKind;
  readonly id: string;
}

/**
 * Gives the changes of a transaction their revision. The last thing a transaction does: the row lock on the counter is then held
 * for a moment only, and revisions commit in their order.
 */
export const recordChanges = async (tx: Sql, changes: readonly Change[]): Promise<bigint> => {
  const [row] = await tx.query('update revision_counter set value = value + 1 returning value');
  const revision = row?.value;
  if (typeof revision !== 'bigint') throw new Error('The revision counter has no row.');
  await tx.query(
    `insert into changes (revision, kind, entity_id)
     select $1, c.kind, c.id from jsonb_to_recordset($2::jsonb) as c(kind text, id text)
     on conflict do nothing`,
    [revision, JSON.stringify(changes)],
  );
  return revision;
};
