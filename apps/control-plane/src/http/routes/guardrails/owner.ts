import { PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import { authorize, targetWorkspace } from '../../../access/authorize.ts';
import { requireOwnOrganization } from '../../../access/own-organization.ts';
import type { Call } from '../../call.ts';
import { type GuardrailAction, guardrailScope } from './find.ts';

interface NamedOwner {
  readonly workspace_id?: string | null | undefined;
  readonly organisation_id?: string | null | undefined;
}

/**
 * Whose guardrails a call is about: a workspace's, by id, or (null) the organization's.
 * @throws PlatformError  400 when both are named, 403 for a foreign one
 */
export const guardrailOwner = async (
  sql: Sql,
  call: Call,
  action: GuardrailAction,
  { workspace_id, organisation_id }: NamedOwner,
): Promise<string | null> => {
  if (workspace_id && organisation_id) {
    throw new PlatformError('invalid_request_error', {
      public: 'Name workspace_id or organisation_id, not both.',
      param: 'organisation_id',
    });
  }
  if (!organisation_id) {
    const { workspace } = await targetWorkspace(sql, call, [guardrailScope(action, 'workspace')], workspace_id);
    return workspace.id;
  }
  await requireOwnOrganization(sql, call, organisation_id);
  await authorize(sql, call, [guardrailScope(action, 'organisation')], { workspaceId: null, named: 'workspace' });
  return null;
};
