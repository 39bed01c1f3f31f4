import { randomBytes } from 'node:crypto';
import type { Place } from '../crypto/place.ts';
import { openRecord, parseRecord, sealRecord } from '../crypto/record.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import { SERVICE_KEYS, type ServiceKeyPurpose } from '../domain/service-key.ts';
import type { ServiceKeys, StoredServiceKey } from '../ports/service-keys.ts';
import type { Keyring } from './get-or-create.ts';
import { PLATFORM_ORGANIZATION } from './platform.ts';

const KEY_BYTES = 32;

/** A service key in the clear. Whoever receives it erases `value` after use. */
export interface OpenedServiceKey {
  readonly id: string;
  readonly value: SecretBytes;
}

/** The purpose is part of the place: no pepper opens as a sealing key, nor the other way round. */
const placeOf = (purpose: ServiceKeyPurpose, id: string): Place => ({
  organizationId: PLATFORM_ORGANIZATION,
  workspaceId: '',
  credentialId: id,
  field: purpose,
  credentialVersion: 1,
});

const make = async (purpose: ServiceKeyPurpose, keyring: Keyring): Promise<StoredServiceKey> => {
  const id = `${SERVICE_KEYS[purpose].prefix}-${randomBytes(6).toString('hex')}`;
  const value = randomBytes(KEY_BYTES);
  try {
    return { id, sealed: sealRecord(value, await keyring.forSealing(PLATFORM_ORGANIZATION, 1), placeOf(purpose, id)) };
  } finally {
    value.fill(0);
  }
};

const open = async (
  purpose: ServiceKeyPurpose,
  keyring: Keyring,
  { id, sealed }: StoredServiceKey,
): Promise<OpenedServiceKey> => {
  const { keyId, keyVersion } = parseRecord(sealed);
  const key = await keyring.forOpening(keyId, keyVersion);
  return { id, value: new SecretBytes(openRecord(sealed, key, placeOf(purpose, id))) };
};

/**
 * Makes the first key of a purpose where there is none. Of several instances that start at once, one makes it.
 * @param beforeMaking writes to the audit that one will be made
 */
export const ensureServiceKey = async (
  purpose: ServiceKeyPurpose,
  keys: ServiceKeys,
  keyring: Keyring,
  beforeMaking: () => Promise<void>,
): Promise<void> => {
  if ((await keys.newest(purpose, 1)).length > 0) return;
  await beforeMaking();
  await keys.add(purpose, await make(purpose, keyring), undefined);
};

/** The keys of a purpose that are given out, newest first. @throws UnreadableRecord, TenantKeyGone, VaultSealed */
export const openServiceKeys = async (
  purpose: ServiceKeyPurpose,
  keys: ServiceKeys,
  keyring: Keyring,
): Promise<readonly OpenedServiceKey[]> => {
  const opened: OpenedServiceKey[] = [];
  try {
    for (const stored of await keys.newest(purpose, SERVICE_KEYS[purpose].given)) {
      opened.push(await open(purpose, keyring, stored));
    }
    return opened;
  } catch (error) {
    for (const { value } of opened) value.erase();
    throw error;
  }
};

/** Whether a purpose has as many keys as it may have, so that it cannot be rotated any more. */
export const isFull = async (purpose: ServiceKeyPurpose, keys: ServiceKeys): Promise<boolean> => {
  const { max } = SERVICE_KEYS[purpose];
  return max !== null && (await keys.newest(purpose, max)).length === max;
};

/** Makes a new key the current one. @returns its id, or undefined when another instance was faster */
export const rotateServiceKey = async (
  purpose: ServiceKeyPurpose,
  keys: ServiceKeys,
  keyring: Keyring,
): Promise<string | undefined> => {
  const [current] = await keys.newest(purpose, 1);
  const next = await make(purpose, keyring);
  return (await keys.add(purpose, next, current?.id)) ? next.id : undefined;
};
