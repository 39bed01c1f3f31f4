import type { JsonObject } from '../domain/json.ts';
import type { Call } from '../http/call.ts';
import type { WriteRoute, Written } from '../http/route.ts';
import type { AuditEntry } from './entry.ts';
import { keptHeaders, maskAllBut, maskSecrets } from './mask.ts';

const workspaceOf = ({ principal }: Call): string | null => ('workspaceId' in principal ? principal.workspaceId : null);

/** Of a call that was refused. Anybody with any key can send those, and rows of the audit log are kept for good. */
const REFUSED_BODY_MAX_CHARS = 16_384;

const bodyOf = ({ body, items }: Call, keeps: readonly string[] | undefined): JsonObject => {
  if (items !== undefined) return { items: items.length };
  return keeps === undefined ? maskSecrets(body) : maskAllBut(body, keeps);
};

const boundedBody = (body: JsonObject): JsonObject => {
  const chars = JSON.stringify(body).length;
  return chars <= REFUSED_BODY_MAX_CHARS ? body : { omitted: `${chars} characters` };
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
  body: status < 400 ? bodyOf(call, audit.keeps) : boundedBody(bodyOf(call, audit.keeps)),
  headers: keptHeaders(call.headers),
  resource: audit.resource,
  resourceId: subject?.id ?? null,
  action: audit.action,
  status,
  clientIp: call.clientIp,
  before: subject?.before === undefined ? undefined : maskSecrets(subject.before),
  after: subject?.after === undefined ? undefined : maskSecrets(subject.after),
});
