import type { ApiKeyType } from '@portolan/access-control';
import { matchDigest, type Peppers } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Change } from '../change/changes.ts';
import type { Deps } from '../deps.ts';
import { insertApiKeySecret } from '../store/api-keys.ts';
import { readRows } from '../store/rows.ts';
import { issueApiKey, secretOfKey } from './issue-api-key.ts';

/** A key that the operator's settings hold. Each has a place of its own: another key in the same place replaces it. */
export interface KeptKey {
  /** What people see of it, and what it is found again by. */
  readonly name: string;
  readonly type: ApiKeyType;
  readonly key: string;
  readonly organizationId: string;
  readonly workspaceId: string | null;
}

const SETUP = 'setup';

const storedSecret = z.object({
  id: z.string(),
  pepper_id: z.string().nullable(),
  digest: z.instanceof(Uint8Array).nullable(),
});

/**
 * Takes a key of the operator's settings in: makes it, or exchanges its secret when the settings hold another one now.
 * @returns what changed
 */
export const keepKey = async (
  tx: Sql,
  kept: KeptKey,
  peppers: Peppers,
  { newId }: Pick<Deps, 'newId'>,
): Promise<readonly Change[]> => {
  const { name, type, key, organizationId, workspaceId } = kept;
  // A key may have lost all of its secrets, or have two while it is rotated.
  const stored = readRows(
    storedSecret,
    await tx.query(
      `select k.id, s.pepper_id, s.digest from api_keys k left join api_key_secrets s on s.api_key_id = k.id
       where k.organization_id = $1 and k.type = $2 and k.name = $3 and k.created_by = $4 and k.status <> 'revoked' for update of k`,
      [organizationId, type, name, SETUP],
    ),
  );
  const [found] = stored;
  if (found === undefined) {
    const id = newId();
    await issueApiKey(tx, peppers.current, { id, key, type, organizationId, workspaceId, name, by: SETUP });
    return [{ kind: 'api_key', id }];
  }
  const isKnown = stored.some(
    ({ pepper_id: pepperId, digest }) =>
      pepperId !== null && digest !== null && matchDigest(key, { pepperId, digest }, peppers) !== 'none',
  );
  if (isKnown) return [];
  const { id } = found;
  const secret = secretOfKey(key, peppers.current, null);
  await tx.query('delete from api_key_secrets where api_key_id = $1', [id]);
  await insertApiKeySecret(tx, id, secret);
  await tx.query('update api_keys set masked = $2, generation = generation + 1, updated_at = now() where id = $1', [
    id,
    secret.masked,
  ]);
  return [{ kind: 'api_key', id }];
};
