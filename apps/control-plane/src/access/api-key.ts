import { type Peppers, possibleDigests, publicPartOf } from '@portolan/api-key';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import type { Vault } from '../ports/vault.ts';
import { readRow } from '../store/rows.ts';
import { type Caller, loadUser } from './principal.ts';

const keyRow = z.object({
  id: z.string(),
  organization_id: z.string(),
  workspace_id: z.string().nullable(),
  user_id: z.string().nullable(),
  type: z.enum(['organisation-service', 'workspace-service', 'workspace-user']),
  status: z.enum(['active', 'exhausted', 'revoked']),
  scopes: z.array(z.string()),
  expires_at: z.date().nullable(),
  ends_at: z.date().nullable(),
});

const FIND = `
  select k.id, k.organization_id, k.workspace_id, k.user_id, k.type, k.status, k.scopes, k.expires_at, s.ends_at
  from api_key_secrets s join api_keys k on k.id = s.api_key_id
  where s.digest in ($1, $2)`;

export const unknownKey = (): PlatformError =>
  new PlatformError('invalid_api_key', { public: 'Invalid API Key.', param: 'x-portkey-api-key' });

const findUnder = async (sql: Sql, key: string, peppers: Peppers) => {
  const [current, previous = current] = possibleDigests(key, peppers);
  return current === undefined || previous === undefined
    ? undefined
    : readRow(keyRow, await sql.query(FIND, [current.digest, previous.digest]));
};

/** A key that another instance made under a pepper which this one has not heard of yet is found as well. */
const findKey = async (sql: Sql, key: string, vault: Pick<Vault, 'peppers'>) => {
  const peppers = await vault.peppers();
  const found = await findUnder(sql, key, peppers);
  const publicPart = found === undefined ? publicPartOf(key) : undefined;
  if (publicPart === undefined) return found;
  const [secret] = await sql.query('select pepper_id from api_key_secrets where public_part = $1 limit 1', [
    publicPart,
  ]);
  if (secret === undefined) return undefined;
  const newer = await vault.peppers(String(secret.pepper_id));
  return newer === peppers ? undefined : findUnder(sql, key, newer);
};

const hasPassed = (end: Date | null, nowMs: number): boolean => end !== null && end.getTime() <= nowMs;

/**
 * Whose key it is.
 * @throws PlatformError  401 for a key that nobody issued, that was revoked, or that has ended
 */
export const callerOfKey = async (
  sql: Sql,
  key: string,
  vault: Pick<Vault, 'peppers'>,
  nowMs: number,
): Promise<Caller> => {
  const row = await findKey(sql, key, vault);
  if (row === undefined || row.status === 'revoked') throw unknownKey();
  if (hasPassed(row.expires_at, nowMs) || hasPassed(row.ends_at, nowMs)) {
    throw new PlatformError('api_key_expired', { public: 'The API key has expired.', param: 'x-portkey-api-key' });
  }
  const actor = { type: 'api_key', id: row.id } as const;
  const held = { organisationId: row.organization_id, scopes: new Set(row.scopes) };
  if (row.type === 'organisation-service') return { principal: { kind: row.type, ...held }, actor };
  const workspaceId = row.workspace_id ?? '';
  if (row.type === 'workspace-service') return { principal: { kind: row.type, ...held, workspaceId }, actor };
  const user = row.user_id === null ? undefined : await loadUser(sql, row.organization_id, row.user_id);
  // The person has left the organization: its keys speak for nobody.
  if (user === undefined) throw unknownKey();
  return { principal: { kind: row.type, ...held, workspaceId, user }, actor };
};
