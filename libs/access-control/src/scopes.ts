import type { ApiKeyType } from './api-key-types.ts';
import type { OrganisationCapability, WorkspaceCapability } from './capabilities.ts';

/** Who can hold a scope: a type of API key, or a JWT. */
export type ScopeHolder = ApiKeyType | 'jwt';

type ScopeRow = readonly [
  group: string,
  actions: readonly string[],
  holders: readonly ScopeHolder[],
  /** What people need for it in the organisation, and what in a workspace; either is enough, null is never enough. */
  organisation: OrganisationCapability | null,
  workspace: WorkspaceCapability | null,
];

const ADMIN = ['organisation-service'] as const;
const SERVICE = ['organisation-service', 'workspace-service', 'jwt'] as const;
const ALL = ['organisation-service', 'workspace-service', 'workspace-user', 'jwt'] as const;
/** Never an admin key: it calls no model. */
const CALLERS = ['workspace-service', 'workspace-user', 'jwt'] as const;
const JWT = ['jwt'] as const;

const VIEW = ['read', 'list'] as const;
const WRITE = ['create', 'update', 'delete'] as const;
const KEY_WRITE = ['create', 'update', 'delete', 'rotate'] as const;
const MANAGE = ['create', 'read', 'update', 'delete'] as const;
const ACTIONS = ['create', 'read', 'update', 'delete', 'list'] as const;

/**
 * Every scope once: group, actions, who may hold it, and which capability lets people do the same. A scope with a capability of the
 * organisation concerns the organisation; all others concern one workspace.
 */
const SCOPE_TABLE = [
  ['organisation_users', ['create'], ADMIN, 'manage_users', 'manage_members'],
  ['organisation_users', ['read', 'update', 'delete', 'list'], ADMIN, 'manage_users', null],
  [
    'organisation_service_api_keys',
    ['create', 'read', 'update', 'delete', 'list', 'rotate'],
    ADMIN,
    'manage_admin_keys',
    null,
  ],
  ['organisation_settings', ['read', 'update'], ADMIN, 'manage_organisation', null],
  ['organisation_guardrails', ACTIONS, ADMIN, 'manage_organisation_resources', null],
  ['organisation_exclusions', ['update', 'list'], ADMIN, 'manage_organisation_resources', null],
  ['audit_logs', ['list'], ADMIN, 'view_audit_log', null],
  ['plugins', ['create', 'update', 'list'], ADMIN, 'manage_organisation_resources', null],
  ['deployments', ACTIONS, ADMIN, 'manage_organisation_resources', null],
  ['secret_references', ACTIONS, ADMIN, 'manage_organisation_resources', null],
  ['workspaces', ['create', 'delete'], ADMIN, 'manage_workspaces', null],
  ['workspaces', ['list'], ALL, 'list_workspaces', 'view_workspace'],
  ['workspaces', ['read'], ALL, null, 'view_workspace'],
  ['workspaces', ['update'], ALL, null, 'manage_workspace'],
  ['workspace_service_api_keys', VIEW, SERVICE, null, 'view_service_keys'],
  ['workspace_service_api_keys', KEY_WRITE, SERVICE, null, 'write_service_keys'],
  ['workspace_user_api_keys', VIEW, SERVICE, null, 'view_user_keys'],
  ['workspace_user_api_keys', KEY_WRITE, SERVICE, null, 'write_user_keys'],
  ['workspace_users', VIEW, ALL, null, 'view_members'],
  ['workspace_users', WRITE, ALL, null, 'manage_members'],
  ['prompts', VIEW, ALL, null, 'view_prompts'],
  ['prompts', ['create', 'update', 'delete', 'publish'], ALL, null, 'write_prompts'],
  ['prompts', ['render'], CALLERS, null, 'view_prompts'],
  ['configs', VIEW, ALL, null, 'view_configs'],
  ['configs', WRITE, ALL, null, 'write_configs'],
  ['guardrails', VIEW, ALL, null, 'view_guardrails'],
  ['guardrails', WRITE, ALL, null, 'write_guardrails'],
  ['guardrails', ['invoke'], CALLERS, null, 'call_models'],
  ['virtual_keys', VIEW, ALL, null, 'view_providers'],
  ['virtual_keys', ['create', 'update', 'delete', 'duplicate', 'copy'], ALL, null, 'write_providers'],
  ['providers', VIEW, ALL, null, 'view_providers'],
  ['providers', WRITE, ALL, null, 'write_providers'],
  ['policies', VIEW, ALL, null, 'view_policies'],
  ['policies', WRITE, ALL, null, 'write_policies'],
  ['organisation_integrations', MANAGE, ADMIN, 'manage_organisation_resources', null],
  ['organisation_integrations', ['list'], ALL, 'manage_organisation_resources', 'view_integrations'],
  ['organisation_mcp_integrations', MANAGE, ADMIN, 'manage_organisation_resources', null],
  ['organisation_mcp_integrations', ['list'], ALL, 'manage_organisation_resources', 'view_integrations'],
  ['organisation_agent_integrations', MANAGE, ADMIN, 'manage_organisation_resources', null],
  ['organisation_agent_integrations', ['list'], ALL, 'manage_organisation_resources', 'view_integrations'],
  ['workspace_integrations', VIEW, ALL, null, 'view_integrations'],
  ['workspace_integrations', WRITE, ALL, null, 'write_integrations'],
  ['workspace_mcp_integrations', VIEW, ALL, null, 'view_integrations'],
  ['workspace_mcp_integrations', WRITE, ALL, null, 'write_mcp_integrations'],
  ['workspace_agent_integrations', VIEW, ALL, null, 'view_integrations'],
  ['workspace_agent_integrations', WRITE, ALL, null, 'write_mcp_integrations'],
  ['mcp_servers', VIEW, ALL, null, 'view_integrations'],
  ['mcp_servers', WRITE, ALL, null, 'write_mcp_servers'],
  ['agent_servers', VIEW, ALL, null, 'view_integrations'],
  ['agent_servers', WRITE, ALL, null, 'write_mcp_servers'],
  ['mcp', ['invoke'], CALLERS, null, 'call_models'],
  ['agents', ['invoke'], CALLERS, null, 'call_models'],
  ['completions', ['write'], CALLERS, null, 'call_models'],
  ['analytics', ['view'], ALL, null, 'view_analytics'],
  ['logs', ['export', 'view'], ALL, null, 'view_logs'],
  ['logs', ['list'], ALL, null, 'view_log_metadata'],
  ['logs', ['write'], CALLERS, null, 'call_models'],
  ['logs', ['read'], JWT, null, 'view_logs'],
  ['completions', ['read'], JWT, null, 'view_logs'],
  ['feedbacks', ['read'], JWT, null, 'view_logs'],
  ['feedbacks', ['write'], JWT, null, 'call_models'],
] as const satisfies readonly ScopeRow[];

type ScopeOfRow<Row> = Row extends readonly [
  infer Group extends string,
  readonly (infer Action extends string)[],
  ...unknown[],
]
  ? `${Group}.${Action}`
  : never;

type Distribute<Row> = Row extends unknown ? ScopeOfRow<Row> : never;

/** A scope as it stands in a key or a token: `group.action`. */
export type Scope = Distribute<(typeof SCOPE_TABLE)[number]>;

export interface ScopeRule {
  readonly holders: readonly ScopeHolder[];
  readonly organisation: OrganisationCapability | null;
  readonly workspace: WorkspaceCapability | null;
}

const RULES: ReadonlyMap<string, ScopeRule> = new Map(
  SCOPE_TABLE.flatMap(([group, actions, holders, organisation, workspace]) =>
    actions.map((action): [string, ScopeRule] => [`${group}.${action}`, { holders, organisation, workspace }]),
  ),
);

/** Every scope with repetitions, if the table had any: for its test. */
export const SCOPES: readonly string[] = SCOPE_TABLE.flatMap(([group, actions]) =>
  actions.map((action) => `${group}.${action}`),
);

export const isScope = (text: string): text is Scope => RULES.has(text);

/** @returns undefined for what is no scope, which nobody may do */
export const ruleOf = (scope: string): ScopeRule | undefined => RULES.get(scope);

export const mayHold = (holder: ScopeHolder, scope: string): boolean =>
  ruleOf(scope)?.holders.includes(holder) ?? false;

export const scopesFor = (holder: ScopeHolder): readonly Scope[] =>
  SCOPES.filter(isScope).filter((scope) => mayHold(holder, scope));

const TOKEN_PREFIX = 'portkey.';

/**
 * A scope as a token may spell it, with its optional prefix.
 * @returns undefined for what is no scope
 */
export const readScope = (text: string): Scope | undefined => {
  const plain = text.startsWith(TOKEN_PREFIX) ? text.slice(TOKEN_PREFIX.length) : text;
  return isScope(plain) ? plain : undefined;
};

export interface ScopeProblem {
  readonly scope: string;
  readonly problem: 'unknown' | 'not_for_this_key';
}

/** What is wrong with the scopes asked for a new key; empty when it may be created with them. */
export const scopeProblems = (type: ApiKeyType, scopes: readonly string[]): readonly ScopeProblem[] =>
  scopes.flatMap((scope): readonly ScopeProblem[] => {
    if (!isScope(scope)) return [{ scope, problem: 'unknown' }];
    return mayHold(type, scope) ? [] : [{ scope, problem: 'not_for_this_key' }];
  });
