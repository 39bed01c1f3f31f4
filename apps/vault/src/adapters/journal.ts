import { createHash } from 'node:crypto';
import type { Sql } from '@portolan/sql';
import { type AuditEntry, auditLine } from '../domain/audit.ts';
import type { StoredCredential } from '../ports/credentials.ts';

/** The hash of an audit row: over the one before it, its place and its line. */
export const chainHash = (previous: string, sequence: number, line: string): string =>
  createHash('sha256').update(`${previous}\n${sequence}\n${line}`).digest('hex');

export interface JournalEntries {
  readonly changed?: Pick<StoredCredential, 'id' | 'organizationId' | 'generation' | 'status'>;
  readonly auditLines: readonly string[];
}

/**
 * Writes a change that gateways will be told of, and audit lines. Called as the last thing of a transaction: it takes the lock
 * of the head, behind which all other writers wait until the commit.
 */
export const writeJournal = async (tx: Sql, { changed, auditLines }: JournalEntries): Promise<void> => {
  const [head] = await tx.query('select revision, audit_sequence, audit_hash from vault_head for update');
  let sequence = Number(head?.audit_sequence);
  let hash = String(head?.audit_hash);
  const revision = Number(head?.revision) + (changed === undefined ? 0 : 1);
  const rows = auditLines.map((line) => {
    sequence += 1;
    hash = chainHash(hash, sequence, line);
    return { sequence, line, hash };
  });
  if (changed !== undefined) {
    await tx.query(
      'insert into vault_changes (revision, credential_id, organization_id, generation, status) values ($1, $2, $3, $4, $5)',
      [revision, changed.id, changed.organizationId, changed.generation, changed.status],
    );
  }
  await tx.query(
    `insert into vault_audit (sequence, line, hash)
     select x.sequence, x.line, x.hash from jsonb_to_recordset($1::jsonb) as x(sequence bigint, line text, hash text)`,
    [JSON.stringify(rows)],
  );
  await tx.query('update vault_head set revision = $1, audit_sequence = $2, audit_hash = $3', [
    revision,
    sequence,
    hash,
  ]);
};

/** The same for one change with its one entry. */
export const writeChange = (tx: Sql, changed: StoredCredential, audit: AuditEntry): Promise<void> =>
  writeJournal(tx, { changed, auditLines: [auditLine(audit)] });
