import { randomBytes } from 'node:crypto';
import type { Place } from '../crypto/place.ts';
import { openRecord, parseRecord, sealRecord } from '../crypto/record.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { Peppers, StoredPepper } from '../ports/peppers.ts';
import type { Keyring } from './get-or-create.ts';
import { PLATFORM_ORGANIZATION } from './platform.ts';

const PEPPER_BYTES = 32;

/** A pepper in the clear. Whoever receives it erases `value` after use. */
export interface OpenedPepper {
  readonly id: string;
  readonly value: SecretBytes;
}

const placeOf = (id: string): Place => ({
  organizationId: PLATFORM_ORGANIZATION,
  workspaceId: '',
  credentialId: id,
  field: 'pepper',
  credentialVersion: 1,
});

const make = async (keyring: Keyring): Promise<StoredPepper> => {
  const id = `pp-${randomBytes(6).toString('hex')}`;
  const value = randomBytes(PEPPER_BYTES);
  try {
    return { id, sealed: sealRecord(value, await keyring.forSealing(PLATFORM_ORGANIZATION, 1), placeOf(id)) };
  } finally {
    value.fill(0);
  }
};

const open = async (keyring: Keyring, { id, sealed }: StoredPepper): Promise<OpenedPepper> => {
  const { keyId, keyVersion } = parseRecord(sealed);
  return { id, value: new SecretBytes(openRecord(sealed, await keyring.forOpening(keyId, keyVersion), placeOf(id))) };
};

/**
 * Makes the first pepper where there is none. Of several instances that start at once, one makes it.
 * @param beforeMaking writes to the audit that one will be made
 */
export const ensurePepper = async (
  peppers: Peppers,
  keyring: Keyring,
  beforeMaking: () => Promise<void>,
): Promise<void> => {
  if ((await peppers.newest()).length > 0) return;
  await beforeMaking();
  await peppers.add(await make(keyring), undefined);
};

/** The current pepper and the one before it. @throws UnreadableRecord, TenantKeyGone, VaultSealed */
export const openPeppers = async (peppers: Peppers, keyring: Keyring): Promise<readonly OpenedPepper[]> => {
  const opened: OpenedPepper[] = [];
  try {
    for (const stored of await peppers.newest()) opened.push(await open(keyring, stored));
    return opened;
  } catch (error) {
    for (const { value } of opened) value.erase();
    throw error;
  }
};

/** Makes a new pepper the current one. @returns its id, or undefined when another instance was faster */
export const rotatePepper = async (peppers: Peppers, keyring: Keyring): Promise<string | undefined> => {
  const [current] = await peppers.newest();
  const next = await make(keyring);
  return (await peppers.add(next, current?.id)) ? next.id : undefined;
};
