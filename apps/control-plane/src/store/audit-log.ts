import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Page } from '../http/page.ts';
import { count, readRow, readRows } from './rows.ts';

const auditRow = z.object({
  organization_id: z.string(),
  sequence: z.bigint(),
  at: z.date(),
  request_id: z.string(),
  actor_id: z.string(),
  actor_type: z.enum(['user', 'api_key', 'jwt', 'job']),
  workspace_id: z.string().nullable(),
  method: z.string(),
  uri: z.string(),
  /** JSON columns as their text. */
  query_params: z.string().nullable(),
  request_body: z.string().nullable(),
  request_headers: z.string().nullable(),
  resource_type: z.string(),
  resource_id: z.string().nullable(),
  action: z.string(),
  response_status_code: z.number(),
  client_ip: z.string().nullable(),
  country: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  previous_hash: z.string(),
  hash: z.string(),
});

export type AuditRow = z.output<typeof auditRow>;

const COLUMNS = `organization_id, sequence, at, request_id, actor_id, actor_type, workspace_id, method, uri,
  query_params::text as query_params, request_body::text as request_body, request_headers::text as request_headers, resource_type,
  resource_id, action, response_status_code, client_ip, country, before::text as before, after::text as after, previous_hash, hash`;

/** Which rows of the audit log are asked for; what is absent narrows nothing. */
export interface AuditFilter {
  readonly organizationId: string;
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
  /** A part of the path. */
  readonly uri?: string | undefined;
  readonly method?: string | undefined;
  readonly requestId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly actorType?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly status?: number | undefined;
  readonly resourceType?: string | undefined;
  readonly action?: string | undefined;
  readonly clientIp?: string | undefined;
  readonly country?: string | undefined;
}

const WHERE = `organization_id = $1 and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at <= $3)
  and ($4::text is null or strpos(uri, $4) > 0) and ($5::text is null or method = $5) and ($6::text is null or request_id = $6)
  and ($7::text is null or actor_id = $7) and ($8::text is null or actor_type = $8) and ($9::text is null or workspace_id = $9)
  and ($10::int is null or response_status_code = $10) and ($11::text is null or resource_type = $11)
  and ($12::text is null or action = $12) and ($13::text is null or client_ip = $13) and ($14::text is null or country = $14)`;

/** Rows of the audit log, the newest first. */
export const listAuditLog = async (
  sql: Sql,
  filter: AuditFilter,
  { limit, offset }: Page,
): Promise<{ readonly total: number; readonly rows: readonly AuditRow[] }> => {
  const params = [
    filter.organizationId,
    filter.start ?? null,
    filter.end ?? null,
    filter.uri ?? null,
    filter.method ?? null,
    filter.requestId ?? null,
    filter.actorId ?? null,
    filter.actorType ?? null,
    filter.workspaceId ?? null,
    filter.status ?? null,
    filter.resourceType ?? null,
    filter.action ?? null,
    filter.clientIp ?? null,
    filter.country ?? null,
  ];
  const total = await count(sql, `select count(*) as total from audit_log where ${WHERE}`, params);
  const rows = await sql.query(
    `select ${COLUMNS} from audit_log where ${WHERE} order by at desc, sequence desc limit $15 offset $16`,
    [...params, limit, offset],
  );
  return { total, rows: readRows(auditRow, rows) };
};

/** Rows after a sequence number, in their order. */
export const auditRowsAfter = async (
  sql: Sql,
  organizationId: string,
  sequence: bigint,
  limit: number,
): Promise<readonly AuditRow[]> =>
  readRows(
    auditRow,
    await sql.query(
      `select ${COLUMNS} from audit_log where organization_id = $1 and sequence > $2 order by sequence limit $3`,
      [organizationId, sequence, limit],
    ),
  );

const headRow = z.object({ sequence: z.bigint(), hash: z.string() });

/** Where the chain of an organization ends; undefined before its first row. */
export const auditHead = async (sql: Sql, organizationId: string): Promise<z.output<typeof headRow> | undefined> =>
  readRow(
    headRow,
    await sql.query('select sequence, hash from audit_heads where organization_id = $1', [organizationId]),
  );
