import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { listInvites } from '../../../store/invites.ts';
import { organisationRoleField } from '../../fields.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { inviteView } from './view.ts';

const query = z.object({
  role: organisationRoleField().optional(),
  email: z.string().max(320).optional(),
  status: z
    .enum(['pending', 'cancelled', 'accepted', 'expired'], {
      error: 'must be pending, cancelled, accepted or expired',
    })
    .optional(),
});

export const getInvites = read({
  method: 'GET',
  path: '/admin/users/invites',
  scopes: ['organisation_users.list'],
  async read(call, sql) {
    await authorize(sql, call, ['organisation_users.list'], { workspaceId: null, named: 'object' });
    const { role, email, status } = readQuery(call, query);
    const filter = {
      organizationId: call.principal.organisationId,
      role: role ?? null,
      email: email ?? null,
      status: status ?? null,
    };
    const { total, rows } = await listInvites(sql, filter, new Date(call.nowMs), readPage(call));
    return listOf(total, rows.map(inviteView));
  },
});
