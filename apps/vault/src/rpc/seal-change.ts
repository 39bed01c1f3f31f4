import type { PlainSecret } from '../domain/credential.ts';
import { newestVersion } from '../domain/credential.ts';
import type { ChangeDraft } from '../domain/draft-change.ts';
import { nextVersion } from '../domain/rotation.ts';
import { openSecrets, sealSecrets } from '../keyring/secrets.ts';
import type { StoredCredential, StoredSecret } from '../ports/credentials.ts';
import type { Vault } from './vault.ts';

/** The secrets in use that a change leaves as they are, opened so that they can be sealed for the next version. */
const keptSecrets = async (
  { keyring }: Vault,
  credential: StoredCredential,
  { secrets, clearedSecrets }: ChangeDraft,
): Promise<readonly PlainSecret[]> => {
  const newest = newestVersion(credential);
  if (newest === undefined) return [];
  const replaced = new Set([...clearedSecrets, ...secrets.map(({ field }) => field)]);
  const kept = newest.secrets.filter(({ field }) => !replaced.has(field));
  const opened = await openSecrets(keyring, credential, { ...newest, secrets: kept });
  return opened.map(({ field, plain }, at) => ({ field, plain, masked: kept[at]?.masked ?? '********' }));
};

/**
 * The secrets of a credential's next version: the changed ones and those that stay, each sealed anew for it. All that was in the
 * clear is erased.
 */
export const sealNextVersion = async (
  vault: Vault,
  credential: StoredCredential,
  draft: ChangeDraft,
): Promise<readonly StoredSecret[]> => {
  const kept = await keptSecrets(vault, credential, draft).catch((error: unknown) => {
    for (const { plain } of draft.secrets) plain.erase();
    throw error;
  });
  const { organizationId, workspaceId, id: credentialId } = credential;
  const place = { organizationId, workspaceId, credentialId, credentialVersion: nextVersion(credential) };
  return sealSecrets(vault.keyring, [...kept, ...draft.secrets], place);
};
