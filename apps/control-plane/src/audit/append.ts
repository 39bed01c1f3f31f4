import type { Sql } from '@portolan/sql';
import type { JsonObject } from '../domain/json.ts';
import { CHAIN_START, chainHash } from './chain.ts';
import type { AuditEntry } from './entry.ts';

const json = (value: JsonObject | undefined): string | null => (value === undefined ? null : JSON.stringify(value));

/** What the hash of a row covers: everything but the hashes. JSON columns count as their text. */
export const hashedColumns = (entry: AuditEntry, sequence: bigint): JsonObject => ({
  sequence: String(sequence),
  organization_id: entry.organizationId,
  workspace_id: entry.workspaceId,
  at: new Date(entry.atMs).toISOString(),
  request_id: entry.requestId,
  actor_id: entry.actor.id,
  actor_type: entry.actor.type,
  method: entry.method,
  uri: entry.uri,
  query_params: json(entry.query),
  request_body: json(entry.body),
  request_headers: json(entry.headers),
  resource_type: entry.resource,
  resource_id: entry.resourceId,
  action: entry.action,
  response_status_code: entry.status,
  client_ip: entry.clientIp,
  country: null,
  before: json(entry.before),
  after: json(entry.after),
});

const INSERT = `
  insert into audit_log (organization_id, sequence, at, request_id, actor_id, actor_type, workspace_id, method, uri, query_params,
    request_body, request_headers, resource_type, resource_id, action, response_status_code, client_ip, before, after, previous_hash, hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`;

/** Appends a row to its organization's chain. Locks the end of the chain until the transaction is over. */
export const appendAudit = async (tx: Sql, entry: AuditEntry): Promise<void> => {
  await tx.query(
    'insert into audit_heads (organization_id, sequence, hash) values ($1, 0, $2) on conflict do nothing',
    [entry.organizationId, CHAIN_START],
  );
  const [head] = await tx.query('select sequence, hash from audit_heads where organization_id = $1 for update', [
    entry.organizationId,
  ]);
  if (typeof head?.sequence !== 'bigint') throw new Error('The audit chain has no end.');
  const sequence = head.sequence + 1n;
  const previousHash = String(head.hash);
  const hash = chainHash(previousHash, hashedColumns(entry, sequence));
  await tx.query(INSERT, [
    entry.organizationId,
    sequence,
    new Date(entry.atMs),
    entry.requestId,
    entry.actor.id,
    entry.actor.type,
    entry.workspaceId,
    entry.method,
    entry.uri,
    json(entry.query),
    json(entry.body),
    json(entry.headers),
    entry.resource,
    entry.resourceId,
    entry.action,
    entry.status,
    entry.clientIp,
    json(entry.before),
    json(entry.after),
    previousHash,
    hash,
  ]);
  await tx.query('update audit_heads set sequence = $2, hash = $3 where organization_id = $1', [
    entry.organizationId,
    sequence,
    hash,
  ]);
};
