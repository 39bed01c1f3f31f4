import { listedWorkspace } from '../../../access/authorize.ts';
import { listPrompts } from '../../../store/prompts.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { collectionOfField } from '../collections/find.ts';
import { promptSummary } from './view.ts';

export const getPrompts = read({
  method: 'GET',
  path: '/prompts',
  scopes: ['prompts.list'],
  async read(call, sql) {
    const target = await listedWorkspace(sql, call, ['prompts.list'], call.query.workspace_id);
    // Prompts are not shared between workspaces: nobody has been given any.
    if (call.query.type === 'shared') return listOf(0, []);
    const named = call.query.collection_id;
    const collection = named ? await collectionOfField(sql, call, 'prompts.list', named) : undefined;
    const { total, rows } = await listPrompts(
      sql,
      {
        organizationId: call.principal.organisationId,
        workspaceId: target?.workspace.id ?? null,
        collectionId: collection?.id ?? null,
        search: call.query.search,
      },
      readPage(call),
    );
    return listOf(total, rows.map(promptSummary));
  },
});
