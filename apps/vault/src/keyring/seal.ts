import type { Clock } from '@portolan/service-kit';
import { unwrapTenantKey } from '../crypto/wrap.ts';
import type { RootKey } from '../ports/root-key.ts';
import type { TenantKeys } from '../ports/tenant-keys.ts';

/** The vault has no root key, so it can open and seal nothing. Its cause is what stood in the way; the message is for operators. */
export class VaultSealed extends Error {
  override readonly name = 'VaultSealed';
}

/** A root key that was put in place elsewhere is looked for no more often than this, ms. */
const RELOAD_PAUSE_MS = 5_000;

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
  /** Says why the vault cannot be unsealed yet, for what else must be ready first. */
  waitFor(cause: unknown): void;
  /**
   * Called when something is wrapped with a root key that is not loaded: another instance may have taken up a changed one. Looks
   * once for all who call at a time, and not again for some seconds.
   */
  reload(): Promise<void>;
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
export const createSeal = (load: () => Promise<RootKey>, tenantKeys: TenantKeys, clock: Clock): Seal => {
  let root: RootKey | undefined;
  let because = 'The vault has not been unsealed yet.';
  let cause: unknown;
  let reloading: Promise<void> | undefined;
  let reloadedAtMs = Number.NEGATIVE_INFINITY;

  const waitFor = (error: unknown): void => {
    because = error instanceof Error ? error.message : 'The root key could not be loaded.';
    cause = error;
  };

  const unseal = async (): Promise<void> => {
    try {
      const loaded = await load();
      await tryOn(loaded, tenantKeys);
      root = loaded;
    } catch (error) {
      waitFor(error);
      throw error;
    }
  };

  return {
    rootKey: () => {
      if (root === undefined) throw new VaultSealed(because, { cause });
      return root;
    },
    sealedBecause: () => (root === undefined ? because : undefined),
    unseal,
    waitFor,
    reload: async () => {
      if (reloading === undefined && clock.monotonicMs() - reloadedAtMs < RELOAD_PAUSE_MS) return;
      reloading ??= unseal().finally(() => {
        reloadedAtMs = clock.monotonicMs();
        reloading = undefined;
      });
      await reloading;
    },
    seal: () => {
      root = undefined;
      because = 'The vault was sealed.';
      cause = undefined;
    },
  };
};
