import { read } from '../../route.ts';
import { membersOf } from '../workspace-members/new-members.ts';
import { workspaceOfPath } from './find.ts';
import { workspaceSummary } from './view.ts';

export const getWorkspace = read({
  method: 'GET',
  path: '/admin/workspaces/:workspace',
  aliases: ['/workspaces/:workspace'],
  scopes: ['workspaces.read'],
  async read(call, sql) {
    const workspace = await workspaceOfPath(sql, call, 'workspaces.read');
    return { ...workspaceSummary(workspace), users: await membersOf(sql, workspace) };
  },
});
