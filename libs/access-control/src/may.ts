import {
  ORGANISATION_ADMIN_SWITCHES,
  ORGANISATION_MATRIX,
  type OrganisationCapability,
  type OrganisationRole,
  OWN_OF_ORGANISATION_ONLY,
  OWN_ROWS_ONLY,
  WORKSPACE_MATRIX,
  type WorkspaceCapability,
  type WorkspaceRole,
} from './capabilities.ts';
import { mayHold, ruleOf, type Scope } from './scopes.ts';
import { isOn, type SecuritySettings } from './settings.ts';

/** A person with its roles. */
export interface User {
  readonly id: string;
  readonly organisationRole: OrganisationRole;
  /** By workspace id. */
  readonly workspaceRoles: ReadonlyMap<string, WorkspaceRole>;
}

interface InOrganisation {
  readonly organisationId: string;
}

interface WithScopes extends InOrganisation {
  readonly scopes: ReadonlySet<string>;
}

/** Who asks, once authenticated. */
export type Principal =
  | ({ readonly kind: 'organisation-service' } & WithScopes)
  | ({ readonly kind: 'workspace-service' | 'jwt'; readonly workspaceId: string } & WithScopes)
  | ({ readonly kind: 'workspace-user'; readonly workspaceId: string; readonly user: User } & WithScopes)
  /** Signed in by a session: roles, no scopes. */
  | ({ readonly kind: 'person'; readonly user: User } & InOrganisation);

/** What is asked for. */
export interface Resource {
  readonly organisationId: string;
  /** The workspace that it belongs to; null for what belongs to the organisation as a whole, or to all of its workspaces. */
  readonly workspaceId: string | null;
  /** Whether the caller named the workspace, or an object that was found to lie in it. Decides how a foreign one is refused. */
  readonly named: 'workspace' | 'object';
  /** Whose the object is (user key, log row); `userId` null for nobody's. Absent when the call is about many rows. */
  readonly owner?: { readonly userId: string | null };
}

export interface Circumstances {
  readonly organisationIsActive: boolean;
  /** Those of the resource's workspace, or of the organisation. */
  readonly settings: SecuritySettings;
}

/** `foreign`: the caller named a workspace that is not its own. `hidden`: it must not even learn that the object exists. */
export type Refusal = 'organisation_inactive' | 'scope' | 'foreign' | 'hidden' | 'role';

/**
 * Which rows an allowed call may read or change; the caller has to see to it. `ownedBy`: those of this user, or workspaces that it
 * belongs to. `inWorkspace`: of the organisation's things only those that concern this workspace.
 */
export type Rows = 'all' | { readonly ownedBy: string } | { readonly inWorkspace: string };

export type Decision =
  | { readonly allowed: true; readonly rows: Rows }
  | { readonly allowed: false; readonly reason: Refusal };

/** How the two doors answer a refusal. */
export const REFUSALS: Readonly<
  Record<Refusal, { readonly status: number; readonly managementCode: string; readonly gatewayCode: string | null }>
> = {
  organisation_inactive: { status: 403, managementCode: 'AB03', gatewayCode: '033' },
  scope: { status: 403, managementCode: 'AB03', gatewayCode: '033' },
  foreign: { status: 403, managementCode: 'AB03', gatewayCode: '033' },
  hidden: { status: 404, managementCode: 'AB08', gatewayCode: null },
  role: { status: 403, managementCode: 'AB03', gatewayCode: '033' },
};

const refused = (reason: Refusal): Decision => ({ allowed: false, reason });

const allowed = (rows: Rows): Decision => ({ allowed: true, rows });

const userOf = (principal: Principal): User | undefined => ('user' in principal ? principal.user : undefined);

export const hasOrganisationCapability = (role: OrganisationRole, capability: OrganisationCapability): boolean =>
  ORGANISATION_MATRIX[capability][role];

/**
 * Whether a person can do something in a workspace, by its role there or in the organisation.
 * @param workspaceId  null for all workspaces at once, which only those can who are admin everywhere
 */
export const hasWorkspaceCapability = (
  { organisationRole, workspaceRoles }: User,
  workspaceId: string | null,
  capability: WorkspaceCapability,
  settings: SecuritySettings,
): boolean => {
  if (hasOrganisationCapability(organisationRole, 'act_as_workspace_admin')) {
    const limit = organisationRole === 'admin' ? ORGANISATION_ADMIN_SWITCHES[capability] : undefined;
    return limit === undefined || isOn(settings, limit);
  }
  const role = workspaceId === null ? undefined : workspaceRoles.get(workspaceId);
  if (role === undefined) return false;
  const cell = WORKSPACE_MATRIX[capability][role];
  return typeof cell === 'boolean' ? cell : isOn(settings, cell);
};

const seesOwnOfOrganisation = ({ organisationRole }: User, capability: OrganisationCapability): boolean =>
  OWN_OF_ORGANISATION_ONLY[capability]?.includes(organisationRole) ?? false;

const seesOwnRowsOnly = (
  { organisationRole, workspaceRoles }: User,
  workspaceId: string | null,
  capability: WorkspaceCapability,
  settings: SecuritySettings,
): boolean => {
  if (hasOrganisationCapability(organisationRole, 'act_as_workspace_admin')) return false;
  const role = workspaceId === null ? undefined : workspaceRoles.get(workspaceId);
  const limit = role === undefined ? true : OWN_ROWS_ONLY[capability]?.[role];
  return limit === true || (limit !== undefined && !isOn(settings, limit));
};

const holdsScope = (principal: Principal, action: Scope): boolean =>
  principal.kind === 'person' || (principal.scopes.has(action) && mayHold(principal.kind, action));

const reaches = (principal: Principal, action: Scope, { organisationId, workspaceId }: Resource): boolean => {
  if (organisationId !== principal.organisationId) return false;
  if (principal.kind === 'organisation-service') return true;
  if (workspaceId === null) return principal.kind === 'person' || ruleOf(action)?.organisation !== null;
  if (principal.kind !== 'person') return workspaceId === principal.workspaceId;
  const { organisationRole, workspaceRoles } = principal.user;
  return hasOrganisationCapability(organisationRole, 'act_as_workspace_admin') || workspaceRoles.has(workspaceId);
};

const decideByRole = (
  user: User,
  principal: Principal,
  action: Scope,
  resource: Resource,
  settings: SecuritySettings,
): Decision => {
  const rule = ruleOf(action);
  const workspaceId = resource.workspaceId ?? (principal.kind === 'workspace-user' ? principal.workspaceId : null);
  const organisation = rule?.organisation ?? null;
  if (organisation !== null && hasOrganisationCapability(user.organisationRole, organisation)) {
    return allowed(seesOwnOfOrganisation(user, organisation) ? { ownedBy: user.id } : 'all');
  }
  const workspace = rule?.workspace ?? null;
  if (workspace === null || !hasWorkspaceCapability(user, workspaceId, workspace, settings)) return refused('role');
  if (!seesOwnRowsOnly(user, workspaceId, workspace, settings)) return allowed('all');
  if (resource.owner !== undefined && resource.owner.userId !== user.id) return refused('hidden');
  return allowed({ ownedBy: user.id });
};

/** What is bound to a workspace sees the organisation through it alone. */
const withinReach = (principal: Principal, { workspaceId }: Resource, rows: Rows): Rows =>
  rows === 'all' && workspaceId === null && 'workspaceId' in principal ? { inWorkspace: principal.workspaceId } : rows;

/**
 * Whether somebody may do something. Nothing is allowed that no table allows. Asked in this order, the first refusal counts: is the
 * organisation active, does the key hold the scope and may a key of its type, is the resource within reach, do the roles of the
 * person behind it allow it. Keys without a person are not asked for roles.
 */
export const may = (
  principal: Principal,
  action: Scope,
  resource: Resource,
  { organisationIsActive, settings }: Circumstances,
): Decision => {
  if (!organisationIsActive) return refused('organisation_inactive');
  if (!holdsScope(principal, action)) return refused('scope');
  if (!reaches(principal, action, resource)) return refused(resource.named === 'workspace' ? 'foreign' : 'hidden');
  const user = userOf(principal);
  const decision = user === undefined ? allowed('all') : decideByRole(user, principal, action, resource, settings);
  return decision.allowed ? allowed(withinReach(principal, resource, decision.rows)) : decision;
};

/**
 * `may` for a route that several scopes open: the first that allows it decides, else the refusal of the one that came furthest.
 * @param actions  none means that nobody may
 */
export const mayAny = (
  principal: Principal,
  actions: readonly Scope[],
  resource: Resource,
  circumstances: Circumstances,
): Decision => {
  const decisions = actions.map((action) => may(principal, action, resource, circumstances));
  return (
    decisions.find(({ allowed }) => allowed) ??
    decisions.find((decision) => !decision.allowed && decision.reason !== 'scope') ??
    refused('scope')
  );
};
