import { unwrapTenantKey, wrapTenantKey } from '../crypto/wrap.ts';
import { type RootKey, WrapRefused } from '../ports/root-key.ts';
import type { TenantKeyCursor, TenantKeys, TenantKeyVersion } from '../ports/tenant-keys.ts';

export interface RootRotation {
  readonly rewrapped: number;
  /** The versions that the loaded root keys do not open. While there is one, the previous root key must be kept. */
  readonly refused: readonly TenantKeyCursor[];
}

const BATCH_SIZE = 100;

const rewrapOne = async (root: RootKey, tenantKeys: TenantKeys, row: TenantKeyVersion): Promise<void> => {
  const { organizationId, id, version, wrapped } = row;
  const context = { organizationId, tenantKeyId: id, version };
  const key = await unwrapTenantKey(root, wrapped, context);
  try {
    await tenantKeys.rewrap({ id, version, from: wrapped, to: await wrapTenantKey(root, key, context) });
  } finally {
    key.fill(0);
  }
};

/**
 * Wraps every tenant key with the current root key; no record is touched. Each key is exchanged by itself, so a run that is
 * killed is finished by the next one, and every key opens at all times. When nothing was refused, the previous root key may be
 * destroyed.
 * @throws RootKeyUnavailable
 */
export const rotateRoot = async (root: RootKey, tenantKeys: TenantKeys): Promise<RootRotation> => {
  const refused: TenantKeyCursor[] = [];
  let rewrapped = 0;
  let after: TenantKeyCursor | undefined;
  for (;;) {
    const rows = await tenantKeys.wrappedByOthers(root.current.id, after, BATCH_SIZE);
    if (rows.length === 0) return { rewrapped, refused };
    for (const row of rows) {
      after = { id: row.id, version: row.version };
      try {
        await rewrapOne(root, tenantKeys, row);
        rewrapped += 1;
      } catch (error) {
        if (!(error instanceof WrapRefused)) throw error;
        refused.push(after);
      }
    }
  }
};
