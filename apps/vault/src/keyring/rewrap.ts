import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Place } from '../crypto/place.ts';
import { openRecord, parseRecord, sealRecord, type TenantKey, UnreadableRecord } from '../crypto/record.ts';
import type { Credentials, RewrapProgress, Rewrapped, SealedAt } from '../ports/credentials.ts';
import { type Keyring, TenantKeyGone } from './get-or-create.ts';

/** What one pass over a tenant's secrets came to. */
export interface RewrapResult {
  readonly rewrapped: number;
  /** Secrets that do not open; they were left as they are. */
  readonly refused: number;
  /** Whether the old versions are retired. Otherwise secrets are left, and the next run goes over them again. */
  readonly finished: boolean;
}

export interface RewrapParts {
  readonly credentials: Credentials;
  readonly keyring: Keyring;
  /** Told of every secret that does not open, for the audit. */
  readonly onRefused: (place: Place) => void;
  /** Default 1,000. */
  readonly batchSize?: number;
  /** Ends the run between two batches; the next run resumes it. */
  readonly signal?: AbortSignal;
}

const ROWS_PER_BATCH = 1000;

/** Undefined for a secret that does not open. */
const rewrapOne = async (
  keyring: Keyring,
  to: TenantKey,
  { place, sealed }: SealedAt,
): Promise<Rewrapped | undefined> => {
  try {
    const { keyId, keyVersion } = parseRecord(sealed);
    const plain = openRecord(sealed, await keyring.forOpening(keyId, keyVersion), place);
    try {
      return { place, from: sealed, to: sealRecord(plain, to, place) };
    } finally {
      plain.fill(0);
    }
  } catch (error) {
    if (error instanceof UnreadableRecord || error instanceof TenantKeyGone) return undefined;
    throw error;
  }
};

/** Some 30 µs each: so many are done in a turn of the event loop that others wait about a millisecond. */
const ROWS_PER_TURN = 32;

const rewrapAll = async (
  keyring: Keyring,
  to: TenantKey,
  rows: readonly SealedAt[],
): Promise<readonly (Rewrapped | undefined)[]> => {
  const done: (Rewrapped | undefined)[] = [];
  for (const [at, row] of rows.entries()) {
    done.push(await rewrapOne(keyring, to, row));
    if (at % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
  }
  return done;
};

/**
 * Seals every secret of an organisation with the current version of its key, in batches. Each batch and the cursor behind it
 * are written together, so a run that is killed is resumed by the next one where it was; every secret opens at all times.
 * When none is left, the old versions are retired.
 * @param organizationId whose key has been rolled
 */
export const rewrapRecords = async (
  { credentials, keyring, onRefused, batchSize = ROWS_PER_BATCH, signal }: RewrapParts,
  organizationId: string,
): Promise<RewrapResult> => {
  const { id: tenantKeyId, version: toVersion } = await keyring.forSealing(organizationId, 0);
  const begun = await credentials.progress(tenantKeyId);
  let progress: RewrapProgress = begun?.toVersion === toVersion ? begun : { tenantKeyId, toVersion, after: undefined };
  let rewrapped = 0;
  let refused = 0;
  for (;;) {
    signal?.throwIfAborted();
    const rows = await credentials.sealedBefore(progress, batchSize);
    const last = rows.at(-1);
    if (last === undefined) break;
    const to = await keyring.forSealing(organizationId, rows.length);
    const done = await rewrapAll(keyring, to, rows);
    for (const [at, { place }] of rows.entries()) if (done[at] === undefined) onRefused(place);
    const changes = done.filter((change) => change !== undefined);
    const { credentialId, credentialVersion, field } = last.place;
    progress = { ...progress, after: { credentialId, credentialVersion, field } };
    rewrapped += await credentials.exchange(changes, progress);
    refused += rows.length - changes.length;
  }
  return { rewrapped, refused, finished: (await credentials.finish(tenantKeyId, toVersion)) === 0 };
};
