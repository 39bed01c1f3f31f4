import { listAccess } from '../../../store/integration-workspaces.ts';
import { read } from '../../route.ts';
import { isPythonSdk } from '../../sdk.ts';
import { accessView } from './access-view.ts';
import { integrationOfPath, integrationScopes } from './find.ts';

export const getIntegrationWorkspaces = read({
  method: 'GET',
  path: '/integrations/:slug/workspaces',
  aliases: ['/integrations/:slug/integration-workspaces'],
  scopes: integrationScopes('read'),
  async read(call, sql) {
    const integration = await integrationOfPath(sql, call, 'read');
    const rows = await listAccess(sql, integration.id);
    const isPython = isPythonSdk(call);
    return {
      object: 'list',
      total: rows.length,
      workspaces: rows.map((row) => accessView(row, { isPython })),
      global_workspace_access: integration.global_workspace_access,
    };
  },
});
