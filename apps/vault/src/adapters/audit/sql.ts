import type { Sql } from '@portolan/sql';
import type { AuditSink } from '../../ports/audit-sink.ts';
import { chainHash, writeJournal } from '../journal.ts';

/** The audit in the vault's own database: append-only, each row chained to the one before. */
export const sqlAuditSink = (sql: Sql): AuditSink => ({
  name: 'database',
  write: (lines) => sql.transaction((tx) => writeJournal(tx, { auditLines: lines })),
  close: async () => undefined,
});

const PAGE_SIZE = 1000;

/** Up to where a chain has been checked. */
export interface ChainPosition {
  readonly sequence: number;
  readonly hash: string;
}

export const CHAIN_START: ChainPosition = { sequence: 0, hash: '' };

/**
 * Follows the chain of the audit from a position to its end.
 * @returns how far it holds, and whether that is all of it
 */
export const followChain = async (
  sql: Sql,
  from: ChainPosition = CHAIN_START,
): Promise<ChainPosition & { readonly isIntact: boolean }> => {
  let { sequence, hash } = from;
  for (;;) {
    const rows = await sql.query(
      'select sequence, line, hash from vault_audit where sequence > $1 order by sequence limit $2',
      [sequence, PAGE_SIZE],
    );
    for (const row of rows) {
      const expected = chainHash(hash, sequence + 1, String(row.line));
      if (Number(row.sequence) !== sequence + 1 || row.hash !== expected) return { sequence, hash, isIntact: false };
      sequence += 1;
      hash = expected;
    }
    if (rows.length === PAGE_SIZE) continue;
    const [head] = await sql.query('select audit_sequence from vault_head');
    // Rows may have come since the last page; a head that is behind, or ahead without rows, has lost some.
    if (Number(head?.audit_sequence) === sequence) return { sequence, hash, isIntact: true };
    const [next] = await sql.query('select 1 as found from vault_audit where sequence > $1 limit 1', [sequence]);
    if (next === undefined) return { sequence, hash, isIntact: false };
  }
};

/** A position so many rows before the end, for whoever started anew and cannot follow years of rows. What is before it is trusted. */
export const recentPosition = async (sql: Sql, rows: number): Promise<ChainPosition> => {
  const [row] = await sql.query(
    'select sequence, hash from vault_audit where sequence = (select audit_sequence - $1 from vault_head)',
    [rows],
  );
  return row === undefined ? CHAIN_START : { sequence: Number(row.sequence), hash: String(row.hash) };
};
