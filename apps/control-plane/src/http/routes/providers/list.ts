import { listedWorkspace } from '../../../access/authorize.ts';
import { listVirtualKeys } from '../../../store/virtual-keys.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { listedProvider } from './view.ts';

export const getProviders = read({
  method: 'GET',
  path: '/providers',
  scopes: ['providers.list'],
  async read(call, sql) {
    const named = call.query.workspace_id ?? call.query.workspaceId;
    const target = await listedWorkspace(sql, call, ['providers.list'], named);
    const { total, rows } = await listVirtualKeys(
      sql,
      call.principal.organisationId,
      target?.workspace.id ?? null,
      readPage(call, { size: 50 }),
    );
    return listOf(
      total,
      rows.map((row) => listedProvider(row, call.nowMs)),
    );
  },
});
