import { isScope } from '@portolan/access-control';
import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { scopesBeyond } from '../../../access/grant.ts';
import type { ApiKeyRow } from '../../../store/api-key-reads.ts';
import type { Call } from '../../call.ts';

/**
 * Whoever gets a secret of a key, or says where secrets of it go, comes to hold the key: it must do no more than its holder.
 * @throws PlatformError 403
 */
export const assertMayTakeOver = async (
  sql: Sql,
  call: Call,
  { scopes, workspace_id, user_id }: Pick<ApiKeyRow, 'scopes' | 'workspace_id' | 'user_id'>,
): Promise<void> => {
  const grant = { scopes: scopes.filter(isScope), workspaceId: workspace_id, userId: user_id };
  const beyond = await scopesBeyond(sql, call, grant);
  if (beyond.length === 0) return;
  throw new PlatformError('permission_denied', {
    public: `You cannot take over a key that may do more than you: ${beyond.join(', ')}.`,
  });
};
