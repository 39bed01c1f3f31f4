import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import type { AuditAction, AuditResource } from '../audit/entry.ts';
import type { Change } from '../change/changes.ts';
import type { Deps } from '../deps.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Call, OpenCall } from './call.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface RouteBase {
  readonly method: Method;
  /** Without `/v1`; `:name` for a parameter. */
  readonly path: string;
  /** Other paths by which clients know it. */
  readonly aliases?: readonly string[];
}

interface GuardedRoute extends RouteBase {
  /** Any one of them opens the door. What is behind it is judged by the route itself, with `access/`. */
  readonly scopes: readonly [Scope, ...Scope[]];
}

/** A route that changes nothing. */
export interface ReadRoute extends GuardedRoute {
  readonly kind: 'read';
  read(call: Call, sql: Sql, deps: Deps): Promise<JsonObject>;
}

/** What a write leaves behind, in one transaction with the write itself. */
export interface Written {
  readonly body: JsonObject;
  /** What gateways have to hear of. */
  readonly changed?: readonly Change[];
  /** What was written, for the audit log; never anything secret. */
  readonly subject?: {
    readonly id: string;
    readonly workspaceId: string | null;
    readonly before?: JsonObject | undefined;
    readonly after?: JsonObject | undefined;
  };
}

/** A route that changes something: in one transaction, with a row in the audit log. */
export interface WriteRoute extends GuardedRoute {
  readonly kind: 'write';
  readonly audit: {
    readonly resource: AuditResource;
    readonly action: AuditAction;
    /**
     * The body fields that the audit log keeps, for bodies with secrets in fields that callers may misspell: all others are masked.
     * Absent: what is secret is told by its name.
     */
    readonly keeps?: readonly string[];
  };
  write(call: Call, tx: Sql, deps: Deps): Promise<Written>;
}

/**
 * A route that stores what is told about calls, in one transaction. It changes nothing that anybody depends on, and may be asked as
 * often as calls are made: it leaves no row in the audit log.
 */
export interface RecordRoute extends GuardedRoute {
  readonly kind: 'record';
  record(call: Call, tx: Sql, deps: Deps): Promise<JsonObject>;
}

/** What a route without caller answers; a redirect has no body. */
export interface OpenAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A route that anybody may ask: signing in, and what serves for that. It has to protect itself. */
export interface OpenRoute extends RouteBase {
  readonly kind: 'open';
  answer(call: OpenCall, deps: Deps): Promise<OpenAnswer>;
}

export type Route = ReadRoute | WriteRoute | RecordRoute | OpenRoute;

export const read = (route: Omit<ReadRoute, 'kind'>): ReadRoute => ({ kind: 'read', ...route });

export const write = (route: Omit<WriteRoute, 'kind'>): WriteRoute => ({ kind: 'write', ...route });

export const record = (route: Omit<RecordRoute, 'kind'>): RecordRoute => ({ kind: 'record', ...route });

export const open = (route: Omit<OpenRoute, 'kind'>): OpenRoute => ({ kind: 'open', ...route });
