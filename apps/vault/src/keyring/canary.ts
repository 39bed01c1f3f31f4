import type { Place } from '../crypto/aead.ts';
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

const opens = async (keyring: Keyring, organizationId: string, sealed: string): Promise<boolean> => {
  try {
    const { keyId, keyVersion } = parseRecord(sealed);
    return openRecord(sealed, await keyring.forOpening(keyId, keyVersion), placeOf(organizationId)).equals(WORDS);
  } catch (error) {
    // Anything else, a database or a KMS that does not answer, says nothing about the record.
    if (error instanceof UnreadableRecord || error instanceof TenantKeyGone || error instanceof WrapRefused)
      return false;
    throw error;
  }
};

/** Undefined when the organization's key does not open. */
const firstCanary = async (keyring: Keyring, organizationId: string): Promise<string | undefined> => {
  try {
    return await sealCanary(keyring, organizationId);
  } catch (error) {
    if (error instanceof WrapRefused || error instanceof TenantKeyGone) return undefined;
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
  const known = sealed ?? (await firstCanary(keyring, organizationId));
  const isReadable = known !== undefined && (await opens(keyring, organizationId, known));
  await canaries.keep({ organizationId, sealed: known, isReadable, testedAtMs: nowMs });
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
  if (canary?.sealed === undefined || !(await opens(keyring, organizationId, canary.sealed))) return;
  const sealed = await sealCanary(keyring, organizationId);
  await canaries.keep({ organizationId, sealed, isReadable: true, testedAtMs: nowMs });
};
