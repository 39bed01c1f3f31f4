import { type ApiKeyType, may } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { circumstancesAt, listedWorkspace } from '../../../access/authorize.ts';
import { type ApiKeyFilter, listApiKeys } from '../../../store/api-key-reads.ts';
import type { Call } from '../../call.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { KEY_TYPES, keyScope, keyScopes } from './scopes.ts';
import { apiKeyView } from './view.ts';

const IDS_MAX = 1_000;

/** Keys of each type are seen by whoever may list that type, and one's own user keys by everybody who may list those. */
const visible = async (
  sql: Sql,
  call: Call,
  workspaceId: string | null,
): Promise<Pick<ApiKeyFilter, 'types' | 'ownedBy'>> => {
  const types: ApiKeyType[] = [];
  let ownedBy: string | null = null;
  const circumstances = await circumstancesAt(sql, call, workspaceId);
  for (const type of KEY_TYPES) {
    const place = type === 'organisation-service' ? null : workspaceId;
    const asked = { organisationId: call.principal.organisationId, workspaceId: place, named: 'workspace' } as const;
    const decision = may(call.principal, keyScope(type, 'list'), asked, circumstances);
    if (!decision.allowed) continue;
    if (typeof decision.rows === 'object' && 'ownedBy' in decision.rows) ownedBy = decision.rows.ownedBy;
    else types.push(type);
  }
  return { types, ownedBy };
};

const idsOf = ({ ids }: Call['query']): readonly string[] | null =>
  ids === undefined || ids === ''
    ? null
    : ids
        .split(',')
        .map((id) => id.trim())
        .slice(0, IDS_MAX);

export const getApiKeys = read({
  method: 'GET',
  path: '/api-keys',
  aliases: ['/admin/api-keys'],
  scopes: keyScopes('list'),
  async read(call, sql) {
    const target = await listedWorkspace(sql, call, keyScopes('list'), call.query.workspace_id);
    const workspaceId = target?.workspace.id ?? null;
    const { total, rows } = await listApiKeys(
      sql,
      {
        organizationId: call.principal.organisationId,
        workspaceId,
        ...(await visible(sql, call, workspaceId)),
        ids: idsOf(call.query),
      },
      readPage(call),
    );
    return listOf(
      total,
      rows.map((row) => apiKeyView(row, call.nowMs)),
    );
  },
});
