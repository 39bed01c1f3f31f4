import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import type { Change } from '../../../change/changes.ts';
import { archiveWorkspace } from '../../../store/workspace-changes.ts';
import { contentsOf, removeContents } from '../../../store/workspace-contents.ts';
import type { WorkspaceRow } from '../../../store/workspaces.ts';
import { flagField } from '../../fields.ts';
import { readInput, refuseInput } from '../../input.ts';
import { write } from '../../route.ts';
import { workspaceOfPath } from './find.ts';
import { workspaceSummary } from './view.ts';

const input = z.object({
  name: z.string({ error: 'is required: the name of the workspace, to be sure' }),
  force_delete: flagField().nullish(),
});

const assertName = (workspace: WorkspaceRow, name: string): void => {
  if (name.trim() !== workspace.name) {
    refuseInput([{ path: 'name', message: 'is not the name of this workspace' }]);
  }
};

export const deleteWorkspace = write({
  method: 'DELETE',
  path: '/admin/workspaces/:workspace',
  aliases: ['/workspaces/:workspace'],
  scopes: ['workspaces.delete'],
  audit: { resource: 'workspaces', action: 'delete' },
  async write(call, tx, { vault }) {
    const workspace = await workspaceOfPath(tx, call, 'workspaces.delete', 'lock');
    const { name, force_delete } = readInput(call, input);
    assertName(workspace, name);
    if (workspace.is_default) {
      throw new PlatformError('conflict', { public: 'The default workspace cannot be deleted.', param: 'workspace' });
    }
    const left = await contentsOf(tx, workspace.id);
    if (left.length > 0 && force_delete !== true) {
      throw new PlatformError('conflict', {
        public: `The workspace still has ${left.join(', ')}. Delete them first, or send force_delete.`,
        param: 'force_delete',
      });
    }
    const changed: Change[] = [{ kind: 'workspace', id: workspace.id }];
    const removed = await removeContents(tx, workspace.id);
    await archiveWorkspace(tx, workspace.id);
    const actor = `${call.actor.type}:${call.actor.id}`;
    // Last: when the vault does not answer, nothing is taken out of use. Revoking again does no harm.
    for (const id of removed.credentialIds) {
      await vault.revoke({ organizationId: workspace.organization_id, id, actor });
    }
    return {
      body: {},
      changed: [...changed, ...removed.changed],
      subject: {
        id: workspace.id,
        workspaceId: workspace.id,
        before: { ...workspaceSummary(workspace), contents: left },
      },
    };
  },
});
