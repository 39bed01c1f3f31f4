import type { JsonObject } from '../domain/json.ts';
import type { Actor, OpenCall } from '../http/call.ts';
import type { AuditAction, AuditEntry, AuditResource } from './entry.ts';
import { keptHeaders, maskAllBut, maskSecrets } from './mask.ts';

/** What happened at an open door. */
export interface SignInEvent {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly resource: AuditResource;
  readonly action: AuditAction;
  readonly status: number;
  readonly resourceId?: string;
  readonly workspaceId?: string;
  readonly after?: JsonObject;
}

/** All that bodies of such calls have besides passwords and tokens. What is misspelled may be one of those. */
const KEPT = ['email', 'organisation_id', 'first_name', 'last_name'];

/** The audit row of a call to an open route. Such calls bring passwords and tokens: they are masked. */
export const entryOfSignIn = (call: OpenCall, event: SignInEvent): AuditEntry => ({
  organizationId: event.organizationId,
  workspaceId: event.workspaceId ?? null,
  atMs: call.nowMs,
  requestId: call.ids.requestId,
  actor: event.actor,
  method: call.method,
  uri: call.uri.split('?')[0] ?? call.uri,
  query: {},
  body: maskAllBut(call.body, KEPT),
  headers: keptHeaders(call.headers),
  resource: event.resource,
  resourceId: event.resourceId ?? null,
  action: event.action,
  status: event.status,
  clientIp: call.clientIp,
  before: undefined,
  after: event.after === undefined ? undefined : maskSecrets(event.after),
});
