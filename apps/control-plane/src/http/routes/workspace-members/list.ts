import * as z from 'zod';
import { listWorkspaceMembers } from '../../../store/workspace-members.ts';
import { workspaceRoleField } from '../../fields.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { workspaceOfPath } from '../workspaces/find.ts';
import { memberSummary } from './view.ts';

const query = z.object({ role: workspaceRoleField().optional(), email: z.string().max(320).optional() });

export const getWorkspaceMembers = read({
  method: 'GET',
  path: '/admin/workspaces/:workspace/users',
  aliases: ['/workspaces/:workspace/users'],
  scopes: ['workspace_users.list'],
  async read(call, sql) {
    const { id } = await workspaceOfPath(sql, call, 'workspace_users.list');
    const { role, email } = readQuery(call, query);
    const filter = { workspaceId: id, role: role ?? null, email: email ?? null };
    const { total, rows } = await listWorkspaceMembers(sql, filter, readPage(call));
    return listOf(total, rows.map(memberSummary));
  },
});
