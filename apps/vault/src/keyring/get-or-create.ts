import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KEY_BYTES } from '@portolan/sealing';
import type { TenantKey } from '../crypto/record.ts';
import { unwrapTenantKey, wrapTenantKey } from '../crypto/wrap.ts';
import { type RootKey, RootKeyUnknown } from '../ports/root-key.ts';
import type { TenantKeys, TenantKeyVersion } from '../ports/tenant-keys.ts';
import type { KeyCache } from './key-cache.ts';
import { rollTenantKey } from './roll.ts';

/** A tenant key rolls before it has sealed this many records. */
export const USES_MAX = 2 ** 31;

/** A tenant key that is asked for and not there, or retired. */
export class TenantKeyGone extends Error {
  override readonly name = 'TenantKeyGone';
  /** It was there, and nothing that is stored needs it any more. */
  readonly isRetired: boolean;

  constructor(message: string, isRetired = false) {
    super(message);
    this.isRetired = isRetired;
  }
}

export interface Keyring {
  /**
   * The key that seals for an organisation; made when it has none, rolled when it is used up.
   * @param uses how many records will be sealed with it
   */
  forSealing(organizationId: string, uses: number): Promise<TenantKey>;
  /** A key by the name that a record gives. @throws TenantKeyGone */
  forOpening(id: string, version: number): Promise<TenantKey>;
}

export interface KeyringParts {
  readonly tenantKeys: TenantKeys;
  /** @throws VaultSealed */
  readonly rootKey: () => RootKey;
  readonly cache: KeyCache;
  /** Looks for a changed root key; see `Seal.reload`. Default: there is none to be found. */
  readonly reloadRootKey?: () => Promise<void>;
  /** Default `USES_MAX`. */
  readonly usesMax?: number;
}

const create = async ({ tenantKeys, rootKey }: KeyringParts, organizationId: string): Promise<void> => {
  const id = randomBytes(12).toString('hex');
  const key = randomBytes(KEY_BYTES);
  try {
    const wrapped = await wrapTenantKey(rootKey(), key, { organizationId, tenantKeyId: id, version: 1 });
    await tenantKeys.create({ organizationId, id, wrapped });
  } finally {
    key.fill(0);
  }
};

export const createKeyring = (parts: KeyringParts): Keyring => {
  const { tenantKeys, rootKey, cache, usesMax = USES_MAX, reloadRootKey } = parts;

  const unwrapBytes = async ({ organizationId, id, version, wrapped }: TenantKeyVersion): Promise<Buffer> => {
    const context = { organizationId, tenantKeyId: id, version };
    try {
      return await unwrapTenantKey(rootKey(), wrapped, context);
    } catch (error) {
      if (!(error instanceof RootKeyUnknown) || reloadRootKey === undefined) throw error;
      await reloadRootKey();
      return unwrapTenantKey(rootKey(), wrapped, context);
    }
  };

  const unwrap = async (row: TenantKeyVersion): Promise<KeyObject> => {
    const bytes = await unwrapBytes(row);
    try {
      return createSecretKey(bytes);
    } finally {
      bytes.fill(0);
    }
  };

  /** Whoever comes while a key is being unwrapped waits for that: a key service is asked once, not once for each caller. */
  const unwrapping = new Map<string, Promise<KeyObject>>();
  const unwrapOnce = (name: string, row: TenantKeyVersion): Promise<KeyObject> => {
    const running = unwrapping.get(name);
    if (running !== undefined) return running;
    const started = unwrap(row)
      .then((key) => {
        cache.set(name, key);
        return key;
      })
      .finally(() => unwrapping.delete(name));
    unwrapping.set(name, started);
    return started;
  };

  const opened = async (row: TenantKeyVersion): Promise<TenantKey> => {
    const name = `${row.id}.${row.version}`;
    return { id: row.id, version: row.version, key: cache.get(name) ?? (await unwrapOnce(name, row)) };
  };

  const take = async (organizationId: string, uses: number): Promise<TenantKeyVersion> => {
    const row = await tenantKeys.take(organizationId, uses);
    if (row !== undefined) return row;
    await create(parts, organizationId);
    const made = await tenantKeys.take(organizationId, uses);
    if (made === undefined) throw new TenantKeyGone('The tenant key that was just made is gone.');
    return made;
  };

  return {
    forSealing: async (organizationId, uses) => {
      rootKey();
      const row = await take(organizationId, uses);
      if (row.uses <= usesMax) return opened(row);
      await rollTenantKey(parts, row);
      return opened(await take(organizationId, uses));
    },
    forOpening: async (id, version) => {
      rootKey();
      const name = `${id}.${version}`;
      const cached = cache.get(name);
      if (cached !== undefined) return { id, version, key: cached };
      const row = await tenantKeys.find(id, version);
      if (row === undefined) throw new TenantKeyGone(`There is no tenant key ${name}.`);
      if (version < row.minVersion) throw new TenantKeyGone(`The tenant key ${name} is retired.`, true);
      return opened(row);
    },
  };
};
