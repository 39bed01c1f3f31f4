import type { Place } from '../crypto/place.ts';
import type { AuditEntry } from '../domain/audit.ts';

export interface StoredSecret {
  readonly field: string;
  /** `v1.<tenant key id>.<key version>.…`. */
  readonly sealed: string;
  readonly masked: string;
}

/** The secrets of a credential as they were set at one time. */
export interface StoredVersion {
  readonly version: number;
  /** When it stops being usable, Unix milliseconds; null while it is the newest. */
  readonly validUntilMs: number | null;
  readonly secrets: readonly StoredSecret[];
}

/** What a virtual key stands for, as stored. */
export interface StoredCredential {
  readonly id: string;
  readonly organizationId: string;
  readonly workspaceId: string;
  readonly provider: string;
  /** The settings that are no secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The only hosts that may receive its secrets; see `mayReceive` in credential-rules. */
  readonly allowedHosts: readonly string[];
  /** Those of them that its owner named besides the provider's own. */
  readonly extraHosts: readonly string[];
  readonly status: 'active' | 'revoked';
  /** Raised by every change, so that a stale answer is recognised. */
  readonly generation: number;
  readonly versions: readonly StoredVersion[];
}

/** A credential with the times of its row, Unix milliseconds. */
export interface FoundCredential extends StoredCredential {
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** `conflict`: it exists already, or was changed since it was read. `retired_key`: a secret is sealed with a retired tenant key. */
export type SaveOutcome = 'saved' | 'conflict' | 'retired_key';

export interface SealedAt {
  readonly place: Place;
  readonly sealed: string;
}

/** The row that a rewrap did last; its order is credential id, version, field. */
export type RewrapCursor = Pick<Place, 'credentialId' | 'credentialVersion' | 'field'>;

/** How far the rewrap of a tenant key has come. */
export interface RewrapProgress {
  readonly tenantKeyId: string;
  readonly toVersion: number;
  /** Undefined before the first row. */
  readonly after: RewrapCursor | undefined;
}

/** An organization whose secrets move to a newer version of its key. */
export interface UnfinishedRewrap {
  readonly organizationId: string;
  readonly toVersion: number;
  /** Secrets that are still sealed with an older version. */
  readonly left: number;
}

export interface Rewrapped {
  readonly place: Place;
  readonly from: string;
  readonly to: string;
}

/** The credentials, sealed. A change, its audit entry and the word of it to gateways are written together or not at all. */
export interface Credentials {
  insert(credential: StoredCredential, audit: AuditEntry): Promise<SaveOutcome>;
  find(id: string): Promise<FoundCredential | undefined>;
  /** In the order of their ids. */
  list(afterId: string, limit: number): Promise<readonly FoundCredential[]>;
  /**
   * Writes a changed credential. Versions that are not in it any more go with their secrets; secrets that are stored already
   * stay as they are, because a rewrap may be exchanging them.
   * @param expectedGeneration the generation that the change was made from
   */
  update(credential: StoredCredential, expectedGeneration: number, audit: AuditEntry): Promise<SaveOutcome>;
  /** Deletes versions whose time is over, with their secrets. @returns how many */
  deleteExpired(nowMs: number, limit: number): Promise<number>;

  /** The rewrap of a tenant key that was begun and not finished. */
  progress(tenantKeyId: string): Promise<RewrapProgress | undefined>;
  /** Secrets that a version of this tenant key below `toVersion` seals, behind the cursor. */
  sealedBefore(progress: RewrapProgress, limit: number): Promise<readonly SealedAt[]>;
  /**
   * Exchanges sealed secrets and moves the cursor, both or nothing. A secret that is not `from` any more was changed in the
   * meantime and is left alone.
   * @returns how many were exchanged
   */
  exchange(changes: readonly Rewrapped[], progress: RewrapProgress): Promise<number>;
  /**
   * Ends a rewrap: retires the versions below `toVersion`, unless one of them still seals a secret.
   * @returns how many secrets are still sealed with an older version; 0 when the rewrap is finished
   */
  finish(tenantKeyId: string, toVersion: number): Promise<number>;
  /** The rewraps that are not finished: keys whose old versions still open something. */
  unfinished(limit: number): Promise<readonly UnfinishedRewrap[]>;
}
