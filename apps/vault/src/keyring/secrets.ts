import type { Place } from '../crypto/place.ts';
import { openRecord, parseRecord, sealRecord } from '../crypto/record.ts';
import { SecretBytes } from '../crypto/secret-bytes.ts';
import type { PlainSecret } from '../domain/credential.ts';
import type { StoredCredential, StoredSecret, StoredVersion } from '../ports/credentials.ts';
import type { Keyring } from './get-or-create.ts';

/** An opened secret. Whoever receives it erases `plain` after use. */
export interface OpenedSecret {
  readonly field: string;
  readonly plain: SecretBytes;
}

/**
 * Seals secrets for one version of a credential. The plain secrets are erased, also when it fails.
 * @param at where they will be stored, all but the field
 */
export const sealSecrets = async (
  keyring: Keyring,
  secrets: readonly PlainSecret[],
  at: Omit<Place, 'field'>,
): Promise<readonly StoredSecret[]> => {
  try {
    const key = await keyring.forSealing(at.organizationId, secrets.length);
    return secrets.map(({ field, plain, masked }) => ({
      field,
      masked,
      sealed: sealRecord(plain.reveal(), key, { ...at, field }),
    }));
  } finally {
    for (const { plain } of secrets) plain.erase();
  }
};

/**
 * Opens the secrets of one version, all or none.
 * @throws UnreadableRecord when one was changed or moved; TenantKeyGone
 */
export const openSecrets = async (
  keyring: Keyring,
  { organizationId, workspaceId, id: credentialId }: StoredCredential,
  { version: credentialVersion, secrets }: StoredVersion,
): Promise<readonly OpenedSecret[]> => {
  const opened: OpenedSecret[] = [];
  try {
    for (const { field, sealed } of secrets) {
      const { keyId, keyVersion } = parseRecord(sealed);
      const key = await keyring.forOpening(keyId, keyVersion);
      const place = { organizationId, workspaceId, credentialId, field, credentialVersion };
      opened.push({ field, plain: new SecretBytes(openRecord(sealed, key, place)) });
    }
    return opened;
  } catch (error) {
    for (const { plain } of opened) plain.erase();
    throw error;
  }
};
