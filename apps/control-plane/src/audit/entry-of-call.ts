import type { JsonObject } from '../domain/json.ts';
import type { Call } from '../http/call.ts';
import type { WriteRoute, Written } from '../http/route.ts';
import type { AuditEntry } from './entry.ts';
import { keptHeaders, maskAllBut, maskSecrets } from './mask.ts';

const workspaceOf = ({ principal }: Call): string | null => ('workspaceId' in principal ? principal.workspaceId : null);

const bodyOf = ({ body, items }: Call, keeps: readonly string[] | undefined): JsonObject => {
  if (items !== undefined) return { items: items.length };
  return keeps === undefined ? maskSecrets(body) : maskAllBut(body, keeps);
};

/**
 * The audit row of a call.
 * @param subject  what was written; undefined for a call that was refused
 */
export const entryOfCall = (
  call: Call,
  { audit }: WriteRoute,
  status: number,
  subject: Written['subject'],
): AuditEntry => ({
  organizationId: call.principal.organisationId,
  workspaceId: subject === undefined ? workspaceOf(call) : subject.workspaceId,
  atMs: call.nowMs,
  requestId: call.ids.requestId,
  actor: call.actor,
  method: call.method,
  uri: call.uri.split('?')[0] ?? call.uri,
  query: maskSecrets(call.query),
  body: bodyOf(call, audit.keeps),
  headers: keptHeaders(call.headers),
  resource: audit.resource,
  resourceId: subject?.id ?? null,
  action: audit.action,
  status,
  clientIp: call.clientIp,
  before: subject?.before === undefined ? undefined : maskSecrets(subject.before),
  after: subject?.after === undefined ? undefined : maskSecrets(subject.after),
});
