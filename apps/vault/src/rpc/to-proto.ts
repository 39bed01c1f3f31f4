import { Credential, CredentialStatus, type Duration } from '@portolan/proto';
import { maskedSecrets, newestVersion } from '../domain/credential.ts';
import type { FoundCredential, StoredCredential } from '../ports/credentials.ts';

const STATUSES: Readonly<Record<StoredCredential['status'], CredentialStatus>> = {
  active: CredentialStatus.CREDENTIAL_STATUS_ACTIVE,
  revoked: CredentialStatus.CREDENTIAL_STATUS_REVOKED,
};

export const toStatus = (status: StoredCredential['status']): CredentialStatus => STATUSES[status];

export const toDuration = (ms: number): Duration => {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1_000_000 };
};

const overlapEnd = ({ versions }: StoredCredential, nowMs: number): Date | undefined => {
  const endMs = Math.max(0, ...versions.map(({ validUntilMs }) => validUntilMs ?? 0));
  return endMs > nowMs ? new Date(endMs) : undefined;
};

/** A credential as management may see it: no secret, sealed or not. */
export const toCredential = (credential: FoundCredential, nowMs: number): Credential =>
  Credential.create({
    id: credential.id,
    organizationId: credential.organizationId,
    workspaceId: credential.workspaceId,
    provider: credential.provider,
    status: toStatus(credential.status),
    settingsJson: JSON.stringify(credential.settings),
    maskedSecrets: { ...maskedSecrets(credential) },
    allowedHosts: [...credential.allowedHosts],
    generation: credential.generation,
    version: newestVersion(credential)?.version ?? 0,
    createTime: new Date(credential.createdAtMs),
    updateTime: new Date(credential.updatedAtMs),
    overlapEndTime: overlapEnd(credential, nowMs),
  });
