import { createApiKey, type Rotation, rotate } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import type { Vault } from '../ports/vault.ts';
import { secretOfKey } from '../setup/issue-api-key.ts';
import { endApiKeySecret, listApiKeySecrets, showNewSecret } from '../store/api-key-changes.ts';
import type { ApiKeyRow } from '../store/api-key-reads.ts';
import { insertApiKeySecret } from '../store/api-keys.ts';

/** A secret that is about to take the place of a key's old one. */
export interface NewSecret {
  readonly key: string;
  /** How long the old secret still works; the shortest allowed when absent. */
  readonly transitionMs?: number | undefined;
  readonly nextRotationAt: Date | null;
  readonly nowMs: number;
}

export type RotatedKey =
  | { readonly outcome: 'rotated'; readonly oldMasked: string; readonly transitionEndsAt: Date }
  | Extract<Rotation, { readonly outcome: 'refused' }>;

/** A new secret, which nobody has seen yet. */
export const newApiKeySecret = createApiKey;

/** Gives a key a second secret and its first one an end. The key must be locked. */
export const rotateApiKey = async (
  tx: Sql,
  key: Pick<ApiKeyRow, 'id' | 'expires_at'>,
  { key: secretText, transitionMs, nextRotationAt, nowMs }: NewSecret,
  vault: Pick<Vault, 'peppers'>,
): Promise<RotatedKey> => {
  const rows = await listApiKeySecrets(tx, key.id);
  const secret = secretOfKey(secretText, (await vault.peppers()).current, null);
  const rotation = rotate(
    rows.map((row) => ({
      stored: { pepperId: row.pepper_id, digest: row.digest },
      createdAtMs: row.created_at.getTime(),
      endsAtMs: row.ends_at?.getTime() ?? null,
    })),
    {
      newSecret: secret.stored,
      nowMs,
      keyExpiresAtMs: key.expires_at?.getTime() ?? null,
      ...(transitionMs === undefined ? {} : { transitionMs }),
    },
  );
  if (rotation.outcome === 'refused') return rotation;
  const [old] = rotation.secrets;
  const transitionEndsAt = new Date(rotation.transitionEndsAtMs);
  await endApiKeySecret(tx, old.stored.digest, transitionEndsAt, null);
  await insertApiKeySecret(tx, key.id, secret);
  await showNewSecret(tx, key.id, secret.masked, nextRotationAt);
  const oldMasked = rows.find(({ digest }) => Buffer.compare(digest, old.stored.digest) === 0)?.masked ?? '';
  return { outcome: 'rotated', oldMasked, transitionEndsAt };
};
