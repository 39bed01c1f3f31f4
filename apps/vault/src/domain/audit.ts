import { randomUUID } from 'node:crypto';

/** What can be written to the audit. */
export type AuditAction =
  | 'credential.create'
  | 'credential.update'
  | 'credential.rotate'
  | 'credential.revoke'
  | 'credential.resolve'
  | 'credential.tampered'
  | 'pepper.release'
  | 'pepper.rotate'
  | 'sealing-key.release'
  | 'sealing-key.rotate'
  | 'root-key.rotate'
  | 'tenant-key.rotate';

/** One thing that happened, or was refused. Never holds a secret, nor a part of one. */
export interface AuditEntry {
  /** The same in every sink, so that copies are recognised. */
  readonly id: string;
  /** Wall time, Unix milliseconds. */
  readonly atMs: number;
  readonly action: AuditAction;
  readonly outcome: 'done' | 'refused';
  /** Why it was refused, in a few fixed words. */
  readonly reason: string | null;
  /** The service that asked. */
  readonly caller: string;
  /** For whom it asked: `user:<id>`, `api_key:<id>`, `job:<name>`. */
  readonly actor: string | null;
  readonly organizationId: string | null;
  readonly credentialId: string | null;
  /** The generation of the credential afterwards. */
  readonly generation: number | null;
  readonly requestId: string | null;
}

export type AuditFacts = Pick<AuditEntry, 'action' | 'caller'> & Partial<Omit<AuditEntry, 'id' | 'atMs'>>;

/** An entry of now, with nothing where nothing is known. */
export const auditEntry = (facts: AuditFacts, nowMs: number): AuditEntry => ({
  id: randomUUID(),
  atMs: nowMs,
  outcome: 'done',
  reason: null,
  actor: null,
  organizationId: null,
  credentialId: null,
  generation: null,
  requestId: null,
  ...facts,
});

/** The one line that an entry is in every sink. */
export const auditLine = (entry: AuditEntry): string => JSON.stringify(entry);
