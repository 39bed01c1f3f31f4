import { listedWorkspace } from '../../../access/authorize.ts';
import { listConfigs } from '../../../store/configs.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { configSummary } from './view.ts';

export const getConfigs = read({
  method: 'GET',
  path: '/configs',
  scopes: ['configs.list'],
  async read(call, sql) {
    const target = await listedWorkspace(sql, call, ['configs.list'], call.query.workspace_id);
    const { total, rows } = await listConfigs(
      sql,
      call.principal.organisationId,
      target?.workspace.id ?? null,
      readPage(call),
    );
    return listOf(total, rows.map(configSummary));
  },
});
