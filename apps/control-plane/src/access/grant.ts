import { type Circumstances, may, mayHold, type Principal, ruleOf, type Scope } from '@portolan/access-control';
import type { Sql } from '@portolan/sql';
import type { Call } from '../http/call.ts';
import { circumstancesAt } from './authorize.ts';

/** A key that somebody is about to get the secret of. */
export interface Grant {
  readonly scopes: readonly Scope[];
  /** Null for a key of the organization. */
  readonly workspaceId: string | null;
  /** Whose key it is; null for a service. */
  readonly userId: string | null;
}

/**
 * A person gives what it may do itself, and to all rows: a service key knows no rows of its own. What concerns the organization is
 * limited by the type of the key.
 */
const mayGivePerson = (
  principal: Extract<Principal, { readonly user: unknown }>,
  scope: Scope,
  { workspaceId, userId }: Grant,
  circumstances: Circumstances,
): boolean => {
  const { organisationId, user } = principal;
  const decision = may(principal, scope, { organisationId, workspaceId, named: 'workspace' }, circumstances);
  if (!decision.allowed) return false;
  return decision.rows === 'all' || ruleOf(scope)?.organisation !== null || userId === user.id;
};

/** A key gives what it holds; what keys of its type never hold (an admin key calls no model), it gives freely. */
const mayGive = (principal: Principal, scope: Scope, grant: Grant, circumstances: Circumstances): boolean => {
  if (principal.kind === 'person') return mayGivePerson(principal, scope, grant, circumstances);
  return principal.scopes.has(scope) || !mayHold(principal.kind, scope);
};

/** The scopes of a key that are more than the caller may do itself: it must not come to hold that key. */
export const scopesBeyond = async (sql: Sql, call: Call, grant: Grant): Promise<readonly Scope[]> => {
  const circumstances = await circumstancesAt(sql, call, grant.workspaceId);
  return grant.scopes.filter((scope) => !mayGive(call.principal, scope, grant, circumstances));
};
