import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { type ApiKeyRow, findApiKey } from '../../../store/api-key-reads.ts';
import type { Call } from '../../call.ts';
import { keyScope } from './scopes.ts';

/** The key that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const apiKeyOfPath = async (
  sql: Sql,
  call: Call,
  action: 'read' | 'update' | 'delete' | 'rotate',
  lock: 'lock' | 'look' = 'look',
): Promise<ApiKeyRow> => {
  const key = await findApiKey(sql, call.principal.organisationId, call.params.id ?? '', lock);
  if (key === undefined) throw notFound('API key');
  await authorize(sql, call, [keyScope(key.type, action)], {
    workspaceId: key.workspace_id,
    named: 'object',
    owner: { userId: key.user_id },
  });
  return key;
};
