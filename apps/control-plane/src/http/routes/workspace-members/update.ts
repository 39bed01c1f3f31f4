import * as z from 'zod';
import { putWorkspaceMember } from '../../../store/workspace-members.ts';
import { workspaceRoleField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { memberOfPath } from './find.ts';

const input = z.object({ role: workspaceRoleField() });

export const putMember = write({
  method: 'PUT',
  path: '/admin/workspaces/:workspace/users/:user',
  aliases: ['/workspaces/:workspace/users/:user'],
  scopes: ['workspace_users.update'],
  audit: { resource: 'workspace_users', action: 'update' },
  async write(call, tx) {
    const { workspace, member } = await memberOfPath(tx, call, 'workspace_users.update', 'lock');
    const { role } = readInput(call, input);
    await putWorkspaceMember(tx, workspace.id, { userId: member.id, role });
    return {
      body: {},
      subject: {
        id: member.id,
        workspaceId: workspace.id,
        before: { role: member.role },
        after: { role },
      },
    };
  },
});
