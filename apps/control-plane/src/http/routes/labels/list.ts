import { listedWorkspace } from '../../../access/authorize.ts';
import { requireOwnOrganization } from '../../../access/own-organization.ts';
import { listLabels } from '../../../store/labels.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { labelView } from './view.ts';

export const getLabels = read({
  method: 'GET',
  path: '/labels',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const { workspace_id, search, organisation_id, organization_id } = call.query;
    await requireOwnOrganization(sql, call, organisation_id ?? organization_id);
    const target = await listedWorkspace(sql, call, ['prompts.read'], workspace_id);
    const { total, rows } = await listLabels(
      sql,
      { organizationId: call.principal.organisationId, workspaceId: target?.workspace.id ?? null },
      search,
      readPage(call),
    );
    return listOf(total, rows.map(labelView));
  },
});
