import { randomBytes } from 'node:crypto';
import { KEY_BYTES } from '@portolan/sealing';
import { wrapTenantKey } from '../crypto/wrap.ts';
import type { RootKey } from '../ports/root-key.ts';
import type { TenantKeys, TenantKeyVersion } from '../ports/tenant-keys.ts';

/**
 * Gives a tenant key a next version, which seals from now on; what older versions sealed still opens. Two at once make one
 * version: the second finds the place taken, and its key is thrown away.
 * @returns whether this call made the version
 */
export const rollTenantKey = async (
  { tenantKeys, rootKey }: { readonly tenantKeys: TenantKeys; readonly rootKey: () => RootKey },
  { organizationId, id, currentVersion }: Pick<TenantKeyVersion, 'organizationId' | 'id' | 'currentVersion'>,
): Promise<boolean> => {
  const version = currentVersion + 1;
  const key = randomBytes(KEY_BYTES);
  try {
    const wrapped = await wrapTenantKey(rootKey(), key, { organizationId, tenantKeyId: id, version });
    return await tenantKeys.add({ id, version, wrapped });
  } finally {
    key.fill(0);
  }
};
