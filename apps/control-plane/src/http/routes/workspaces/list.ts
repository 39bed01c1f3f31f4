import * as z from 'zod';
import { authorize } from '../../../access/authorize.ts';
import { listWorkspaces } from '../../../store/workspace-lists.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { workspaceSummary } from './view.ts';

const STATUSES = ['active', 'archived'];

const query = z.object({
  name: z.string().max(255).optional(),
  exact_name: z.string().max(255).optional(),
  status: z
    .string()
    .transform((text) => text.split(',').map((word) => word.trim()))
    .refine((words) => words.every((word) => STATUSES.includes(word)), { error: 'must be active, archived or both' })
    .optional(),
});

export const getWorkspaces = read({
  method: 'GET',
  path: '/admin/workspaces',
  aliases: ['/workspaces'],
  scopes: ['workspaces.list'],
  async read(call, sql) {
    const { name, exact_name, status } = readQuery(call, query);
    const { total, rows } = await listWorkspaces(
      sql,
      {
        organizationId: call.principal.organisationId,
        rows: await authorize(sql, call, ['workspaces.list'], { workspaceId: null, named: 'object' }),
        name: name ?? null,
        exactName: exact_name ?? null,
        statuses: status ?? ['active'],
      },
      readPage(call),
    );
    return listOf(total, rows.map(workspaceSummary));
  },
});
