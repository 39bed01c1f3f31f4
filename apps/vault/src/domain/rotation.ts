import type { StoredCredential, StoredSecret, StoredVersion } from '../ports/credentials.ts';
import { newestVersion } from './credential.ts';

/** How long the old secrets of a rotated credential go on working, unless its owner says otherwise. */
export const OVERLAP_MS = 30 * 60_000;

const isUsable = ({ validUntilMs }: StoredVersion, nowMs: number): boolean =>
  validUntilMs === null || nowMs < validUntilMs;

/** The versions whose secrets may be given out at this moment; none of a revoked credential. */
export const usableVersions = (
  { status, versions }: Pick<StoredCredential, 'status' | 'versions'>,
  nowMs: number,
): readonly StoredVersion[] => (status === 'active' ? versions.filter((version) => isUsable(version, nowMs)) : []);

/** The number of the version that a rotation makes. Its secrets are sealed with it, so it is asked for first. */
export const nextVersion = (credential: Pick<StoredCredential, 'versions'>): number =>
  (newestVersion(credential)?.version ?? 0) + 1;

/**
 * A credential with new secrets. Those it had work for the overlap and no longer; versions whose time was over already go.
 * @param secrets   sealed for `nextVersion`
 * @param overlapMs 0 ends the old secrets at once
 */
export const rotate = (
  credential: StoredCredential,
  secrets: readonly StoredSecret[],
  { nowMs, overlapMs = OVERLAP_MS }: { readonly nowMs: number; readonly overlapMs?: number },
): StoredCredential => {
  const untilMs = nowMs + overlapMs;
  const kept = credential.versions
    .map((version) => ({ ...version, validUntilMs: Math.min(version.validUntilMs ?? untilMs, untilMs) }))
    .filter((version) => isUsable(version, nowMs));
  return {
    ...credential,
    generation: credential.generation + 1,
    versions: [...kept, { version: nextVersion(credential), validUntilMs: null, secrets }],
  };
};

/** A credential that is dead for good: its secrets are gone, its generation is not. */
export const revoke = (credential: StoredCredential): StoredCredential => ({
  ...credential,
  status: 'revoked',
  generation: credential.generation + 1,
  versions: [],
});
