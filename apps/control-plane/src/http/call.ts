import type { Principal } from '@portolan/access-control';
import type { JsonObject } from '../domain/json.ts';

/** Who acts, as the audit log names it. */
export interface Actor {
  readonly type: 'user' | 'api_key' | 'jwt' | 'job';
  readonly id: string;
}

export interface CallIds {
  readonly requestId: string;
  readonly traceId: string;
}

/** One request to the management API, read and not yet judged. */
export interface OpenCall {
  readonly method: string;
  /** Path with query, as it came. */
  readonly uri: string;
  readonly ids: CallIds;
  readonly params: Readonly<Record<string, string>>;
  /** Of a repeated parameter the last one counts. */
  readonly query: Readonly<Record<string, string>>;
  /** Empty for a request without body. */
  readonly body: JsonObject;
  /** The body when it was an array, also one in the disguise of an object with the keys 0, 1, 2 …; else undefined. */
  readonly items: readonly unknown[] | undefined;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly clientIp: string;
  readonly nowMs: number;
  /** Names of body fields that nobody knew; the answer tells of them in a header. */
  readonly ignored: Set<string>;
}

/** … and who sent it. */
export interface Call extends OpenCall {
  readonly principal: Principal;
  readonly actor: Actor;
}
