import { unwrapTenantKey } from '../crypto/wrap.ts';
import type { RootKey } from '../ports/root-key.ts';
import type { TenantKeys } from '../ports/tenant-keys.ts';

/** The vault has no root key, so it can open and seal nothing. The caller's answer is "unavailable". */
export class VaultSealed extends Error {
  override readonly name = 'VaultSealed';
}

export interface Seal {
  /** The root key. @throws VaultSealed until there is one */
  rootKey(): RootKey;
  /** Why the vault is sealed; undefined when it is open. Shows no key. */
  sealedBecause(): string | undefined;
  /**
   * Loads the root key and tries it on the stored tenant keys; a wrong one leaves the vault as it is. Also how a changed root
   * key is taken up while the vault runs.
   * @throws what stood in the way
   */
  unseal(): Promise<void>;
  /** Throws the root key away. */
  seal(): void;
}

/** Opens one tenant key of each root key in use, so that a wrong root key is found now and not at somebody's call. */
const tryOn = async (root: RootKey, tenantKeys: TenantKeys): Promise<void> => {
  for (const { wrapped, organizationId, id, version } of await tenantKeys.oneOfEachRoot()) {
    const key = await unwrapTenantKey(root, wrapped, { organizationId, tenantKeyId: id, version });
    key.fill(0);
  }
};

/**
 * The vault starts sealed and stays so until `unseal` has succeeded once.
 * @param load reads or asks for the root key
 */
export const createSeal = (load: () => Promise<RootKey>, tenantKeys: TenantKeys): Seal => {
  let root: RootKey | undefined;
  let because = 'The vault has not been unsealed yet.';
  return {
    rootKey: () => {
      if (root === undefined) throw new VaultSealed(because);
      return root;
    },
    sealedBecause: () => (root === undefined ? because : undefined),
    unseal: async () => {
      try {
        const loaded = await load();
        await tryOn(loaded, tenantKeys);
        root = loaded;
      } catch (error) {
        because = error instanceof Error ? error.message : 'The root key could not be loaded.';
        throw error;
      }
    },
    seal: () => {
      root = undefined;
      because = 'The vault was sealed.';
    },
  };
};
