import { circumstancesAt } from '../../../access/authorize.ts';
import { read } from '../../route.ts';
import { memberOfPath } from './find.ts';
import { memberView } from './view.ts';

export const getWorkspaceMember = read({
  method: 'GET',
  path: '/admin/workspaces/:workspace/users/:user',
  aliases: ['/workspaces/:workspace/users/:user'],
  scopes: ['workspace_users.read'],
  async read(call, sql) {
    const { workspace, member } = await memberOfPath(sql, call, 'workspace_users.read');
    const { settings } = await circumstancesAt(sql, call, workspace.id);
    return memberView(member, settings);
  },
});
