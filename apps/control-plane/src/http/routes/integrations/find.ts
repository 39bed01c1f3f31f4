import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { findIntegration, type IntegrationRow } from '../../../store/integrations.ts';
import type { Call } from '../../call.ts';

type Action = 'create' | 'read' | 'update' | 'delete' | 'list';

/** The scope for integrations of the organization, or of workspaces. */
export const integrationScope = (workspaceId: string | null, action: Action): Scope =>
  workspaceId === null ? `organisation_integrations.${action}` : `workspace_integrations.${action}`;

/** The scopes of a route for both. */
export const integrationScopes = (action: Action): readonly [Scope, Scope] => [
  `organisation_integrations.${action}`,
  `workspace_integrations.${action}`,
];

/** The integration that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const integrationOfPath = async (
  sql: Sql,
  call: Call,
  action: Action,
  lock: 'lock' | 'look' = 'look',
): Promise<IntegrationRow> => {
  const integration = await findIntegration(sql, call.principal.organisationId, call.params.slug ?? '', lock);
  if (integration === undefined) throw notFound('integration');
  await authorize(sql, call, [integrationScope(integration.workspace_id, action)], {
    workspaceId: integration.workspace_id,
    named: 'object',
  });
  return integration;
};
