import { listedWorkspace } from '../../../access/authorize.ts';
import { listVirtualKeys } from '../../../store/virtual-keys.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { virtualKeyView } from './view.ts';

export const getVirtualKeys = read({
  method: 'GET',
  path: '/virtual-keys',
  scopes: ['virtual_keys.list'],
  async read(call, sql) {
    const named = call.query.workspace_id ?? call.query.workspaceId;
    const target = await listedWorkspace(sql, call, ['virtual_keys.list'], named);
    const { total, rows } = await listVirtualKeys(
      sql,
      call.principal.organisationId,
      target?.workspace.id ?? null,
      readPage(call, { size: 50 }),
    );
    return listOf(
      total,
      rows.map((row) => virtualKeyView(row, call.nowMs)),
    );
  },
});
