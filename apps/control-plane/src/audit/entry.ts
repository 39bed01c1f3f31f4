import type { JsonObject } from '../domain/json.ts';
import type { Actor } from '../http/call.ts';

export type AuditResource =
  | 'workspaces'
  | 'api_keys'
  | 'integrations'
  | 'providers'
  | 'virtual_keys'
  | 'configs'
  | 'prompts'
  | 'partials'
  | 'guardrails'
  | 'collections'
  | 'labels'
  | 'organisation'
  | 'users'
  | 'invites'
  | 'workspace_users'
  | 'sessions'
  | 'policies';

export type AuditAction = 'create' | 'update' | 'delete' | 'publish' | 'export' | 'rotate' | 'manage' | 'duplicate';

/** What was asked for and what came of it. Secrets are masked by whoever makes it. */
export interface AuditEntry {
  readonly organizationId: string;
  readonly workspaceId: string | null;
  readonly atMs: number;
  readonly requestId: string;
  readonly actor: Actor;
  readonly method: string;
  /** Without its query. */
  readonly uri: string;
  readonly query: JsonObject;
  readonly body: JsonObject;
  readonly headers: JsonObject;
  readonly resource: AuditResource;
  readonly resourceId: string | null;
  readonly action: AuditAction;
  readonly status: number;
  readonly clientIp: string | null;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}
