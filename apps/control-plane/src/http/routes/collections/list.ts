import { listedWorkspace } from '../../../access/authorize.ts';
import { listCollections } from '../../../store/collections.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { collectionView } from './view.ts';

export const getCollections = read({
  method: 'GET',
  path: '/collections',
  scopes: ['prompts.list'],
  async read(call, sql) {
    const target = await listedWorkspace(sql, call, ['prompts.list'], call.query.workspace_id);
    const { total, rows } = await listCollections(
      sql,
      { organizationId: call.principal.organisationId, workspaceId: target?.workspace.id ?? null },
      call.query.search,
      readPage(call),
    );
    return listOf(total, rows.map(collectionView));
  },
});
