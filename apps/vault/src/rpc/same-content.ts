import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type CredentialDraft, newestVersion } from '../domain/credential.ts';
import type { Keyring } from '../keyring/get-or-create.ts';
import { openSecrets } from '../keyring/secrets.ts';
import type { StoredCredential } from '../ports/credentials.ts';

const isSameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

const hasSameSecrets = async (keyring: Keyring, found: StoredCredential, draft: CredentialDraft): Promise<boolean> => {
  const newest = newestVersion(found);
  if (newest === undefined || newest.secrets.length !== draft.secrets.length) return false;
  const opened = await openSecrets(keyring, found, newest);
  try {
    return draft.secrets.every(({ field, plain }) =>
      opened.some((one) => one.field === field && isSameBytes(one.plain.reveal(), plain.reveal())),
    );
  } finally {
    for (const { plain } of opened) plain.erase();
  }
};

/** Whether a stored credential is what a draft would make. The secrets of both are erased. */
export const isSameContent = async (
  keyring: Keyring,
  found: StoredCredential,
  row: Pick<StoredCredential, 'organizationId' | 'workspaceId' | 'provider'>,
  draft: CredentialDraft,
): Promise<boolean> => {
  try {
    const isSameRow =
      found.status === 'active' &&
      found.organizationId === row.organizationId &&
      found.workspaceId === row.workspaceId &&
      found.provider === row.provider &&
      isDeepStrictEqual(found.settings, draft.settings) &&
      isDeepStrictEqual(found.extraHosts, draft.extraHosts);
    return isSameRow && (await hasSameSecrets(keyring, found, draft));
  } finally {
    for (const { plain } of draft.secrets) plain.erase();
  }
};
