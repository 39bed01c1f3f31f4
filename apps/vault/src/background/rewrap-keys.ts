import type { Clock } from '@portolan/service-kit';
import type { Place } from '../crypto/place.ts';
import { renewCanary } from '../keyring/canary.ts';
import type { Keyring } from '../keyring/get-or-create.ts';
import { PLATFORM_ORGANIZATION } from '../keyring/platform.ts';
import { rewrapRecords } from '../keyring/rewrap.ts';
import type { Canaries } from '../ports/canaries.ts';
import type { Credentials } from '../ports/credentials.ts';

export interface RewrapKeysParts {
  readonly credentials: Credentials;
  readonly canaries: Canaries;
  readonly keyring: Keyring;
  readonly clock: Clock;
  /** Secrets that are exchanged in one transaction. */
  readonly batchSize: number;
  readonly onRefused: (place: Place) => void;
  /** Told how many secrets have still to move. */
  readonly onLeft: (secrets: number) => void;
}

/** Organizations that are looked at in one run. */
const ORGANIZATIONS_MAX = 1_000;

/** A rewrap that secrets which do not open keep from finishing is tried again after this, ms. */
const RETRY_MS = 3_600_000;

/**
 * Moves the secrets of every organization whose key was rolled, by an operator or because it was used up. What a run leaves, the
 * next one finds again in the database.
 */
export const createRewrapKeys = (parts: RewrapKeysParts): ((signal: AbortSignal) => Promise<void>) => {
  const { credentials, canaries, keyring, clock, batchSize, onRefused, onLeft } = parts;
  const notBefore = new Map<string, number>();
  return async (signal) => {
    const unfinished = await credentials.unfinished(ORGANIZATIONS_MAX);
    let left = unfinished.reduce((sum, one) => sum + one.left, 0);
    onLeft(left);
    for (const { organizationId, left: before } of unfinished) {
      if (signal.aborted) return;
      const isWaiting = clock.monotonicMs() < (notBefore.get(organizationId) ?? 0);
      if (isWaiting || organizationId === PLATFORM_ORGANIZATION) continue;
      notBefore.delete(organizationId);
      await renewCanary(canaries, keyring, organizationId, clock.wallMs());
      const { finished, refused } = await rewrapRecords(
        { credentials, keyring, onRefused, batchSize, signal },
        organizationId,
      );
      if (!finished) notBefore.set(organizationId, clock.monotonicMs() + RETRY_MS);
      left -= before - refused;
      onLeft(Math.max(0, left));
    }
  };
};
