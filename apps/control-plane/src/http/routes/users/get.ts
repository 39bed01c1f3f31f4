import { read } from '../../route.ts';
import { userOfPath } from './find.ts';
import { userView } from './view.ts';

export const getUser = read({
  method: 'GET',
  path: '/admin/users/:user',
  scopes: ['organisation_users.read'],
  read: async (call, sql) => userView(await userOfPath(sql, call, 'organisation_users.read')),
});
