import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { requireOwnOrganization } from '../../../access/own-organization.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { type AuditRow, listAuditLog } from '../../../store/audit-log.ts';
import { toTime } from '../../../store/rows.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { timeField } from '../../fields.ts';
import { readQuery } from '../../input.ts';
import { readPage } from '../../page.ts';
import { read } from '../../route.ts';

const word = () => z.string().max(512).optional();

const query = z.object({
  start_time: timeField().optional(),
  end_time: timeField().optional(),
  organisation_id: word(),
  method: z.enum(['POST', 'PUT', 'DELETE', 'GET'], { error: 'must be POST, PUT or DELETE' }).optional(),
  uri: word(),
  request_id: word(),
  user_id: word(),
  user_type: z.enum(['user', 'api_key', 'jwt', 'job'], { error: 'must be user, api_key, jwt or job' }).optional(),
  workspace_id: word(),
  response_status_code: z.coerce.number({ error: 'must be a number' }).int().min(100).max(599).optional(),
  resource_type: word(),
  action: word(),
  client_ip: word(),
  country: word(),
});

const recordOf = (row: AuditRow): JsonObject => ({
  timestamp: toTime(row.at),
  request_id: row.request_id,
  user_id: row.actor_id,
  user_type: row.actor_type,
  organisation_id: row.organization_id,
  workspace_id: row.workspace_id,
  method: row.method,
  uri: row.uri,
  query_params: row.query_params,
  request_body: row.request_body,
  request_headers: row.request_headers,
  resource_type: row.resource_type,
  resource_id: row.resource_id,
  action: row.action,
  response_status_code: row.response_status_code,
  client_ip: row.client_ip,
  country: row.country,
  before: row.before,
  after: row.after,
  sequence: String(row.sequence),
  hash: row.hash,
});

/** What was asked for and what came of it, the newest first. */
export const getAuditLogs = read({
  method: 'GET',
  path: '/audit-logs',
  scopes: ['audit_logs.list'],
  async read(call, sql) {
    await authorize(sql, call, ['audit_logs.list'], { workspaceId: null, named: 'object' });
    const given = readQuery(call, query);
    await requireOwnOrganization(sql, call, given.organisation_id);
    const organizationId = call.principal.organisationId;
    const workspace =
      given.workspace_id === undefined ? undefined : await findWorkspace(sql, organizationId, given.workspace_id);
    const { total, rows } = await listAuditLog(
      sql,
      {
        organizationId,
        start: given.start_time,
        end: given.end_time,
        uri: given.uri,
        method: given.method,
        requestId: given.request_id,
        actorId: given.user_id,
        actorType: given.user_type,
        workspaceId: workspace?.id ?? given.workspace_id,
        status: given.response_status_code,
        resourceType: given.resource_type,
        action: given.action,
        clientIp: given.client_ip,
        country: given.country,
      },
      readPage(call, { size: 100, sizeMax: 100 }),
    );
    return { records: rows.map(recordOf), total, object: 'list' };
  },
});
