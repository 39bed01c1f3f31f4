import { listedWorkspace } from '../../../access/authorize.ts';
import { listPartials } from '../../../store/partials.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { collectionOfField } from '../collections/find.ts';
import { partialSummary } from './view.ts';

export const getPartials = read({
  method: 'GET',
  path: '/prompts/partials',
  scopes: ['prompts.list'],
  async read(call, sql) {
    const target = await listedWorkspace(sql, call, ['prompts.list'], call.query.workspace_id);
    const named = call.query.collection_id;
    const collection = named ? await collectionOfField(sql, call, 'prompts.list', named) : undefined;
    const { total, rows } = await listPartials(
      sql,
      {
        organizationId: call.principal.organisationId,
        workspaceId: target?.workspace.id ?? null,
        collectionId: collection?.id ?? null,
        search: call.query.search,
      },
      readPage(call),
    );
    return listOf(total, rows.map(partialSummary));
  },
});
