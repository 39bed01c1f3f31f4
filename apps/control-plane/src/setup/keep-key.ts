import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeyType } from '@portolan/access-control';
import { digestApiKey, type Peppers } from '@portolan/api-key';
import type { Sql } from '@portolan/sql';
import type { Change } from '../change/changes.ts';
import type { Deps } from '../deps.ts';
import { insertApiKeySecret } from '../store/api-keys.ts';
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

const isEqual = (a: unknown, b: Uint8Array): boolean =>
  a instanceof Uint8Array &&
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

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
  const [found] = await tx.query(
    `select k.id, s.digest from api_keys k left join api_key_secrets s on s.api_key_id = k.id
     where k.organization_id = $1 and k.type = $2 and k.name = $3 and k.created_by = $4 and k.status <> 'revoked' for update of k`,
    [organizationId, type, name, SETUP],
  );
  if (found === undefined) {
    const id = newId();
    await issueApiKey(tx, peppers.current, { id, key, type, organizationId, workspaceId, name, by: SETUP });
    return [{ kind: 'api_key', id }];
  }
  const id = String(found.id);
  const known = [peppers.current, peppers.previous].flatMap((pepper) =>
    pepper === null ? [] : [digestApiKey(key, pepper).digest],
  );
  if (known.some((digest) => isEqual(found.digest, digest))) return [];
  const secret = secretOfKey(key, peppers.current, null);
  await tx.query('delete from api_key_secrets where api_key_id = $1', [id]);
  await insertApiKeySecret(tx, id, secret);
  await tx.query('update api_keys set masked = $2, generation = generation + 1, updated_at = now() where id = $1', [
    id,
    secret.masked,
  ]);
  return [{ kind: 'api_key', id }];
};
