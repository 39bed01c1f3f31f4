import type { Sql } from '@portolan/sql';
import { endCredential } from '../../../change/credentials.ts';
import type { Deps } from '../../../deps.ts';
import { archiveIntegration, findIntegration } from '../../../store/integrations.ts';
import type { VirtualKeyRow } from '../../../store/virtual-keys.ts';
import { archiveVirtualKey, countVirtualKeysOf } from '../../../store/virtual-keys.ts';
import type { Call } from '../../call.ts';
import { type Written, write } from '../../route.ts';
import { handleOfPath } from './find.ts';
import { virtualKeyForAudit } from './view.ts';

/** Archives a handle; what was made for it alone ends with it. */
export const endHandle = async (tx: Sql, call: Call, handle: VirtualKeyRow, deps: Deps): Promise<Written> => {
  await archiveVirtualKey(tx, handle.id);
  const integration = handle.owns_integration
    ? await findIntegration(tx, handle.organization_id, handle.integration_id, 'lock')
    : undefined;
  if (integration !== undefined && (await countVirtualKeysOf(tx, integration.id)) === 0) {
    await archiveIntegration(tx, integration.id);
    await endCredential(deps, call, { organizationId: integration.organization_id, id: integration.credential_id });
  }
  return {
    body: {},
    changed: [{ kind: 'virtual_key', id: handle.id }],
    subject: {
      id: handle.id,
      workspaceId: handle.workspace_id,
      before: virtualKeyForAudit(handle, call.nowMs),
    },
  };
};

export const deleteVirtualKey = write({
  method: 'DELETE',
  path: '/virtual-keys/:slug',
  scopes: ['virtual_keys.delete'],
  audit: { resource: 'virtual_keys', action: 'delete' },
  write: async (call, tx, deps) =>
    endHandle(
      tx,
      call,
      await handleOfPath(tx, call, { scope: 'virtual_keys.delete', what: 'virtual key', lock: 'lock' }),
      deps,
    ),
});
