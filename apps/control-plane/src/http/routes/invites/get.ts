import { authorize } from '../../../access/authorize.ts';
import { read } from '../../route.ts';
import { inviteOfPath } from './find.ts';
import { inviteView } from './view.ts';

export const getInvite = read({
  method: 'GET',
  path: '/admin/users/invites/:invite',
  scopes: ['organisation_users.read'],
  async read(call, sql) {
    await authorize(sql, call, ['organisation_users.read'], { workspaceId: null, named: 'object' });
    return inviteView(await inviteOfPath(sql, call));
  },
});
