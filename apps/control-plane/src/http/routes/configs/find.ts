import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { type ConfigVersionRow, findConfig } from '../../../store/configs.ts';
import type { Call } from '../../call.ts';

/** The config that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const configOfPath = async (
  sql: Sql,
  call: Call,
  scope: Scope,
  lock: 'lock' | 'look' = 'look',
): Promise<ConfigVersionRow> => {
  const config = await findConfig(sql, call.principal.organisationId, call.params.slug ?? '', lock);
  if (config === undefined) throw notFound('config');
  await authorize(sql, call, [scope], { workspaceId: config.workspace_id, named: 'object' });
  return config;
};
