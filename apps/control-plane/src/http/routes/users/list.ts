import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { listUsers } from '../../../store/users.ts';
import { organisationRoleField } from '../../fields.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { userView } from './view.ts';

const query = z.object({ role: organisationRoleField().optional(), email: z.string().max(320).optional() });

export const getUsers = read({
  method: 'GET',
  path: '/admin/users',
  scopes: ['organisation_users.list'],
  async read(call, sql) {
    await authorize(sql, call, ['organisation_users.list'], { workspaceId: null, named: 'object' });
    const { role, email } = readQuery(call, query);
    const { total, rows } = await listUsers(
      sql,
      { organizationId: call.principal.organisationId, role: role ?? null, email: email ?? null },
      readPage(call),
    );
    return listOf(total, rows.map(userView));
  },
});
