import type { Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import { authorize, notFound } from '../../../access/authorize.ts';
import { findGuardrail, type GuardrailVersionRow } from '../../../store/guardrails.ts';
import type { Lock } from '../../../store/named.ts';
import type { Call } from '../../call.ts';

export type GuardrailAction = 'create' | 'read' | 'update' | 'delete' | 'list';

/** Those of the organization have scopes of their own. */
export const guardrailScope = (action: GuardrailAction, owner: 'workspace' | 'organisation'): Scope =>
  owner === 'organisation' ? `organisation_guardrails.${action}` : `guardrails.${action}`;

/** The guardrail that the path names, for a caller that may do this to it. @throws PlatformError 404, 403 */
export const guardrailOfPath = async (
  sql: Sql,
  call: Call,
  action: GuardrailAction,
  lock: Lock = 'look',
): Promise<GuardrailVersionRow> => {
  const guardrail = await findGuardrail(sql, call.principal.organisationId, call.params.guardrail ?? '', lock);
  // Whoever is bound to a workspace learns nothing of the organization's own.
  const isOutOfReach = guardrail?.workspace_id === null && 'workspaceId' in call.principal;
  if (guardrail === undefined || isOutOfReach) throw notFound('guardrail');
  await authorize(sql, call, [guardrailScope(action, guardrail.workspace_id === null ? 'organisation' : 'workspace')], {
    workspaceId: guardrail.workspace_id,
    named: 'object',
  });
  return guardrail;
};
