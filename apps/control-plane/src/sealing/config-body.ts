import {
  keyIdOf,
  openText,
  type SealedPlace,
  type SealingKey,
  sealText,
  type Unreadable,
  UnreadableText,
} from '@portolan/sealing';
import { holdsSecret } from '../domain/secret-names.ts';
import type { SealingKeys, Vault } from '../ports/vault.ts';

/** The body of a version as it is kept: one that may hold a secret only sealed, any other readable. */
export interface StoredBody {
  readonly body: string | null;
  readonly sealed_body: string | null;
}

/** A version of a config, and what a sealed body of it is bound to. */
export interface ConfigVersionId {
  /** Of the config. */
  readonly id: string;
  readonly organization_id: string;
  readonly version_id: string;
}

export type StoredVersion = ConfigVersionId & StoredBody;

const placeOf = ({ organization_id, id, version_id }: ConfigVersionId): SealedPlace => ({
  purpose: 'config-body/v1',
  ids: [organization_id, id, version_id],
});

/** Whether this JSON text may only be kept sealed. */
export const mustBeSealed = (body: string): boolean => holdsSecret(JSON.parse(body));

/** A body as the text that may be kept anywhere. */
export const sealBody = (body: string, key: SealingKey, version: ConfigVersionId): string =>
  sealText(body, key, placeOf(version));

/** A body as it is to be stored. @throws PlatformError when it must be sealed and the vault gives no key */
export const toStored = async (
  body: string,
  version: ConfigVersionId,
  vault: Pick<Vault, 'sealingKeys'>,
): Promise<StoredBody> => {
  if (!mustBeSealed(body)) return { body, sealed_body: null };
  const [newest] = await vault.sealingKeys();
  return { body: null, sealed_body: sealBody(body, newest, version) };
};

export type Opened =
  | { readonly outcome: 'opened'; readonly body: string }
  /** The vault is gone, or does not have the key that the text names: not yet, or not any more. */
  | { readonly outcome: 'no-key'; readonly keyId: string }
  | { readonly outcome: 'unreadable'; readonly reason: Unreadable };

const attempt = (open: () => Opened): Opened => {
  try {
    return open();
  } catch (error) {
    if (error instanceof UnreadableText) return { outcome: 'unreadable', reason: error.reason };
    throw error;
  }
};

/** @param keys those that the vault gives */
export const openBody = (version: StoredVersion, keys: readonly SealingKey[]): Opened => {
  const { body, sealed_body: sealed } = version;
  if (sealed === null) {
    return body === null ? { outcome: 'unreadable', reason: 'malformed' } : { outcome: 'opened', body };
  }
  return attempt(() => {
    const keyId = keyIdOf(sealed);
    const key = keys.find(({ id }) => id === keyId);
    if (key === undefined) return { outcome: 'no-key', keyId };
    return { outcome: 'opened', body: openText(sealed, key, placeOf(version)) };
  });
};

const missingKeys = (opened: readonly Opened[]): ReadonlySet<string> =>
  new Set(opened.flatMap((each) => (each.outcome === 'no-key' ? [each.keyId] : [])));

const keysOrNone = (vault: Pick<Vault, 'sealingKeys'>, knownAs?: string): Promise<SealingKeys | readonly []> =>
  vault.sealingKeys(knownAs).catch(() => []);

/**
 * Opens bodies, in their order. The vault is asked only when something is sealed, and again only for keys that are new to us.
 * @throws never for a vault that is gone: what it would open has no key then
 */
export const openBodies = async (
  versions: readonly StoredVersion[],
  vault: Pick<Vault, 'sealingKeys'>,
): Promise<readonly Opened[]> => {
  const openAll = (keys: readonly SealingKey[]) => versions.map((version) => openBody(version, keys));
  if (versions.every(({ sealed_body }) => sealed_body === null)) return openAll([]);
  const held: readonly SealingKey[] = await keysOrNone(vault);
  const opened = openAll(held);
  if (held.length === 0) return opened;
  let keys = held;
  for (const keyId of missingKeys(opened)) {
    if (keys.every(({ id }) => id !== keyId)) keys = await keysOrNone(vault, keyId);
  }
  return keys === held ? opened : openAll(keys);
};
