import type { Sql } from '@portolan/sql';

/** How far the changes have come. */
export interface Counter {
  readonly revision: bigint;
  /** Names the counter: revisions of another one mean nothing here. */
  readonly epoch: string;
  /** Changes up to this revision are not kept any more. */
  readonly prunedTo: bigint;
}

export const readCounter = async (sql: Sql): Promise<Counter> => {
  const [row] = await sql.query('select value, epoch, pruned_to from revision_counter');
  if (typeof row?.value !== 'bigint' || typeof row.pruned_to !== 'bigint')
    throw new Error('The revision counter has no row.');
  return { revision: row.value, epoch: String(row.epoch), prunedTo: row.pruned_to };
};

/**
 * Forgets changes that no gateway will ask for: all but the newest `keep` revisions. A gateway that comes back after longer is sent
 * everything.
 * @returns how many rows went
 */
export const pruneChanges = async (sql: Sql, keep: number): Promise<number> =>
  sql.transaction(async (tx) => {
    // The lock keeps revisions from being given meanwhile, so that none is pruned before it was seen.
    const [row] = await tx.query(
      'update revision_counter set pruned_to = greatest(pruned_to, value - $1) returning pruned_to',
      [keep],
    );
    const gone = await tx.query('delete from changes where revision <= $1 returning revision', [
      typeof row?.pruned_to === 'bigint' ? row.pruned_to : 0n,
    ]);
    return gone.length;
  });
