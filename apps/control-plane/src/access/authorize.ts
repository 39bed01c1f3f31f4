import {
  type Circumstances,
  type Decision,
  mayAny,
  type Principal,
  REFUSALS,
  type Refusal,
  type Resource,
  type Rows,
  type Scope,
} from '@portolan/access-control';
import { type ErrorName, PlatformError } from '@portolan/service-kit';
import type { Sql } from '@portolan/sql';
import type { Call } from '../http/call.ts';
import { findOrganization } from '../store/organizations.ts';
import { findWorkspace, type WorkspaceRow } from '../store/workspaces.ts';
import { effectiveSettings } from './settings.ts';

const SENTENCES: Readonly<Record<Refusal, string>> = {
  organisation_inactive: 'The organisation is not active.',
  scope: 'You do not have enough permissions to execute this request: the key lacks the scope.',
  foreign: 'You do not have enough permissions to execute this request: the workspace is not yours.',
  hidden: 'There is no such object.',
  role: 'You do not have enough permissions to execute this request: your role does not allow it.',
};

const NAMES: Readonly<Record<number, ErrorName>> = { 403: 'permission_denied', 404: 'not_found' };

/** How the door says no. */
export const refusal = (reason: Refusal): PlatformError =>
  new PlatformError(NAMES[REFUSALS[reason].status] ?? 'permission_denied', { public: SENTENCES[reason] });

/** What is not there, and what one may not know of, answer alike. @param what `config`, `prompt` … */
export const notFound = (what: string): PlatformError =>
  new PlatformError('not_found', { public: `There is no such ${what}.` });

type AskedFor = Pick<Resource, 'workspaceId' | 'named' | 'owner'>;

/** What holds where something is asked for. @param workspaceId null for the organization itself */
export const circumstancesAt = async (sql: Sql, call: Call, workspaceId: string | null): Promise<Circumstances> => {
  const { organisationId } = call.principal;
  const organization = await findOrganization(sql, organisationId);
  const workspace = workspaceId === null ? undefined : await findWorkspace(sql, organisationId, workspaceId);
  return {
    organisationIsActive: organization?.status === 'active',
    settings: effectiveSettings(organization ?? { settings: {}, overridable: [] }, workspace),
  };
};

/** Whether the caller may do something here, and to which rows: for those who go on after a no. */
export const decide = async (sql: Sql, call: Call, scopes: readonly Scope[], asked: AskedFor): Promise<Decision> =>
  mayAny(
    call.principal,
    scopes,
    { organisationId: call.principal.organisationId, ...asked },
    await circumstancesAt(sql, call, asked.workspaceId),
  );

/**
 * Whether the caller may do something here, and to which rows.
 * @throws PlatformError  403, or 404 where the caller may not even know
 */
export const authorize = async (sql: Sql, call: Call, scopes: readonly Scope[], asked: AskedFor): Promise<Rows> => {
  const decision = await decide(sql, call, scopes, asked);
  if (!decision.allowed) throw refusal(decision.reason);
  return decision.rows;
};

const ownWorkspace = (principal: Principal): string | undefined =>
  'workspaceId' in principal ? principal.workspaceId : undefined;

/** Somebody who is a member of one workspace only need not name it. */
const onlyWorkspace = (principal: Principal): string | undefined => {
  if (principal.kind !== 'person' || principal.user.organisationRole !== 'member') return undefined;
  const [only, ...others] = principal.user.workspaceRoles.keys();
  return others.length === 0 ? only : undefined;
};

/** A workspace that a call is about, and the rows of it that the caller may touch. */
export interface TargetWorkspace {
  readonly workspace: WorkspaceRow;
  readonly rows: Rows;
}

/**
 * The workspace that a call is about: the one it names, or the one its key belongs to.
 * @param given  id or slug, from body, query or path
 * @throws PlatformError  400 when it has to be named and is not, 403 for a foreign one, 404 for one that is gone
 */
export const targetWorkspace = async (
  sql: Sql,
  call: Call,
  scopes: readonly Scope[],
  given: string | null | undefined,
): Promise<TargetWorkspace> => {
  const ref = given ?? ownWorkspace(call.principal) ?? onlyWorkspace(call.principal);
  if (ref === undefined) {
    throw new PlatformError('invalid_request_error', {
      public: 'workspace_id is required: this key belongs to no workspace.',
      param: 'workspace_id',
    });
  }
  const workspace = await findWorkspace(sql, call.principal.organisationId, ref);
  // Whoever is bound to a workspace learns nothing of others, not even which exist.
  if (workspace === undefined)
    throw ownWorkspace(call.principal) === undefined ? notFound('workspace') : refusal('foreign');
  const rows = await authorize(sql, call, scopes, { workspaceId: workspace.id, named: 'workspace' });
  if (workspace.status !== 'active') throw notFound('workspace');
  return { workspace, rows };
};

/**
 * The workspaces that a list is about: the one that is named or that the key belongs to, else all (undefined), for keys and people
 * that reach all of them.
 */
export const listedWorkspace = async (
  sql: Sql,
  call: Call,
  scopes: readonly Scope[],
  given: string | null | undefined,
): Promise<TargetWorkspace | undefined> => {
  const reachesAll =
    call.principal.kind === 'organisation-service' ||
    (call.principal.kind === 'person' && call.principal.user.organisationRole !== 'member');
  if (!reachesAll || (given !== undefined && given !== null)) return targetWorkspace(sql, call, scopes, given);
  await authorize(sql, call, scopes, { workspaceId: null, named: 'workspace' });
  return undefined;
};
