import type { Place } from '../crypto/place.ts';
import { openRecord, parseRecord, sealRecord, UnreadableRecord } from '../crypto/record.ts';
import type { Canaries, Canary } from '../ports/canaries.ts';
import { WrapRefused } from '../ports/root-key.ts';
import { type Keyring, TenantKeyGone } from './get-or-create.ts';

const WORDS = Buffer.from('a canary of the vault');

const placeOf = (organizationId: string): Place => ({
  organizationId,
  workspaceId: '',
  credentialId: 'vault:canary',
  field: 'canary',
  credentialVersion: 1,
});

const sealCanary = async (keyring: Keyring, organizationId: string): Promise<string> =>
  sealRecord(WORDS, await keyring.forSealing(organizationId, 1), placeOf(organizationId));

type Found = 'readable' | 'outdated' | 'unreadable';

const look = async (keyring: Keyring, organizationId: string, sealed: string): Promise<Found> => {
  try {
    const { keyId, keyVersion } = parseRecord(sealed);
    const plain = openRecord(sealed, await keyring.forOpening(keyId, keyVersion), placeOf(organizationId));
    return plain.equals(WORDS) ? 'readable' : 'unreadable';
  } catch (error) {
    // A rewrap that ran meanwhile left it behind, which tells nothing of the key in use.
    if (error instanceof TenantKeyGone && error.isRetired) return 'outdated';
    if (isLost(error)) return 'unreadable';
    throw error;
  }
};

/** Anything else, a database or a KMS that does not answer, says nothing about the record. */
const isLost = (error: unknown): boolean =>
  error instanceof UnreadableRecord || error instanceof TenantKeyGone || error instanceof WrapRefused;

/** Undefined when the organization's key does not open. */
const newCanary = async (keyring: Keyring, organizationId: string): Promise<string | undefined> => {
  try {
    return await sealCanary(keyring, organizationId);
  } catch (error) {
    if (isLost(error)) return undefined;
    throw error;
  }
};

/**
 * Opens an organization's canary, or makes the first one, and keeps what was found.
 * @param keyring without a cache, so that the root key is really asked
 * @returns whether it opened
 */
export const testCanary = async (
  canaries: Canaries,
  keyring: Keyring,
  { organizationId, sealed }: Canary,
  nowMs: number,
): Promise<boolean> => {
  const found = sealed === undefined ? 'outdated' : await look(keyring, organizationId, sealed);
  const kept = found === 'outdated' ? await newCanary(keyring, organizationId) : sealed;
  const isReadable = found !== 'unreadable' && kept !== undefined;
  await canaries.keep({ organizationId, sealed: kept, isReadable, testedAtMs: nowMs });
  return isReadable;
};

/** Seals an organization's canary with the current version of its key, before older versions are retired. */
export const renewCanary = async (
  canaries: Canaries,
  keyring: Keyring,
  organizationId: string,
  nowMs: number,
): Promise<void> => {
  const canary = await canaries.find(organizationId);
  // One that does not open stays as it is: it is the alarm.
  if (canary?.sealed === undefined || (await look(keyring, organizationId, canary.sealed)) === 'unreadable') return;
  const sealed = await sealCanary(keyring, organizationId);
  await canaries.keep({ organizationId, sealed, isReadable: true, testedAtMs: nowMs });
};
