import type { Sql } from '@portolan/sql';
import * as z from 'zod';
import { decide, listedWorkspace } from '../../../access/authorize.ts';
import { type IntegrationFilter, listIntegrations } from '../../../store/integration-lists.ts';
import type { Call } from '../../call.ts';
import { readQuery } from '../../input.ts';
import { listOf, readPage } from '../../page.ts';
import { read } from '../../route.ts';
import { integrationScopes } from './find.ts';
import { integrationView } from './view.ts';

const query = z.object({
  workspace_id: z.string().optional(),
  type: z
    .enum(['workspace', 'organisation', 'organization', 'all'], {
      error: 'must be "workspace", "organisation" or "all"',
    })
    .optional(),
});

type Parts = Pick<IntegrationFilter, 'ofOrganization' | 'ofWorkspaces'>;

/** Integrations of the organization are seen by whoever manages them; through a workspace only those that it has. */
const visible = async (sql: Sql, call: Call, workspaceId: string | null): Promise<Parts> => {
  const here = { workspaceId, named: 'workspace' } as const;
  const organization = await decide(sql, call, ['organisation_integrations.list'], here);
  const workspace = await decide(sql, call, ['workspace_integrations.list'], here);
  const part = workspaceId === null ? 'all' : { workspaceId };
  return {
    ofOrganization: organization.allowed ? part : 'none',
    ofWorkspaces: workspace.allowed ? part : 'none',
  };
};

export const getIntegrations = read({
  method: 'GET',
  path: '/integrations',
  scopes: integrationScopes('list'),
  async read(call, sql) {
    const { workspace_id, type = 'all' } = readQuery(call, query);
    const target = await listedWorkspace(sql, call, integrationScopes('list'), workspace_id);
    const parts = await visible(sql, call, target?.workspace.id ?? null);
    const { total, rows } = await listIntegrations(
      sql,
      {
        organizationId: call.principal.organisationId,
        ofOrganization: type === 'workspace' ? 'none' : parts.ofOrganization,
        ofWorkspaces: type.startsWith('organi') ? 'none' : parts.ofWorkspaces,
      },
      readPage(call),
    );
    return listOf(total, rows.map(integrationView));
  },
});
