import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { listedWorkspace } from '../../../access/authorize.ts';
import { type GuardrailFilter, listGuardrails } from '../../../store/guardrails.ts';
import type { Call } from '../../call.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { guardrailOwner } from './owner.ts';
import { guardrailSummary } from './view.ts';

const IDS_MAX = 1_000;

const query = z.object({
  workspace_id: z.string().optional(),
  organisation_id: z.string().optional(),
  ids: z
    .string()
    .transform((text) => text.split(',').map((id) => id.trim()))
    .pipe(z.array(z.string()).max(IDS_MAX, `must have at most ${IDS_MAX} ids`))
    .optional(),
});

/** Who names nobody is told of its workspace, or of all that it reaches; those of the organization are asked for by its id. */
const ownerOf = async (
  sql: Sql,
  call: Call,
  named: Pick<z.output<typeof query>, 'workspace_id' | 'organisation_id'>,
): Promise<GuardrailFilter['owner']> => {
  if (named.organisation_id !== undefined) {
    const workspaceId = await guardrailOwner(sql, call, 'list', named);
    return workspaceId === null ? 'organization' : { workspaceId };
  }
  const target = await listedWorkspace(sql, call, ['guardrails.list'], named.workspace_id);
  return target === undefined ? 'workspaces' : { workspaceId: target.workspace.id };
};

export const getGuardrails = read({
  method: 'GET',
  path: '/guardrails',
  scopes: ['guardrails.list', 'organisation_guardrails.list'],
  async read(call, sql) {
    const { ids, ...named } = readQuery(call, query);
    const { total, rows } = await listGuardrails(
      sql,
      { organizationId: call.principal.organisationId, owner: await ownerOf(sql, call, named), ids },
      readPage(call),
    );
    return listOf(total, rows.map(guardrailSummary));
  },
});
