import { endCredential } from '../../../change/credentials.ts';
import { archiveIntegration } from '../../../store/integrations.ts';
import { archiveVirtualKeysOf } from '../../../store/virtual-keys.ts';
import { write } from '../../route.ts';
import { integrationOfPath, integrationScopes } from './find.ts';
import { integrationForAudit } from './view.ts';

/** Ends an integration with all handles on it. */
export const deleteIntegration = write({
  method: 'DELETE',
  path: '/integrations/:slug',
  scopes: integrationScopes('delete'),
  audit: { resource: 'integrations', action: 'delete' },
  async write(call, tx, deps) {
    const integration = await integrationOfPath(tx, call, 'delete', 'lock');
    const changed = await archiveVirtualKeysOf(tx, integration.id);
    await archiveIntegration(tx, integration.id);
    await endCredential(deps, call, { organizationId: integration.organization_id, id: integration.credential_id });
    return {
      body: {},
      changed,
      subject: {
        id: integration.id,
        workspaceId: integration.workspace_id,
        before: integrationForAudit(integration),
      },
    };
  },
});
