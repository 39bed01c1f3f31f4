import { PlatformError } from '@portolan/service-kit';
import * as z from 'zod';
import { findWorkspaceMember, putWorkspaceMember } from '../../../store/workspace-members.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { workspaceOfPath } from '../workspaces/find.ts';
import { checkMembers, newMembersField } from './new-members.ts';

const input = z.object({ users: newMembersField() });

/** Adding somebody again with the same role does nothing; another role is a change, which PUT makes. */
export const addWorkspaceMembers = write({
  method: 'POST',
  path: '/admin/workspaces/:workspace/users',
  aliases: ['/workspaces/:workspace/users'],
  scopes: ['workspace_users.create'],
  audit: { resource: 'workspace_users', action: 'create' },
  async write(call, tx) {
    const { id, organization_id } = await workspaceOfPath(tx, call, 'workspace_users.create', 'lock');
    const { users } = readInput(call, input);
    const members = await checkMembers(tx, organization_id, users);
    for (const member of members) {
      const before = await findWorkspaceMember(tx, id, member.userId);
      if (before !== undefined && before.role !== member.role) {
        throw new PlatformError('conflict', {
          public: `${before.email} is a member already, as ${before.role}: change the role with PUT.`,
          param: 'users',
        });
      }
      if (before === undefined) await putWorkspaceMember(tx, id, member);
    }
    return {
      body: {},
      subject: { id, workspaceId: id, after: { users: members.map(({ userId, role }) => ({ id: userId, role })) } },
    };
  },
});
