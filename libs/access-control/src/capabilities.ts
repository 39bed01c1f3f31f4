import type { SwitchName } from './settings.ts';

export const ORGANISATION_ROLES = ['owner', 'admin', 'member'] as const;
export type OrganisationRole = (typeof ORGANISATION_ROLES)[number];

export const WORKSPACE_ROLES = ['admin', 'manager', 'member'] as const;
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];

/** Yes, no, or as long as a switch is on. */
export type Cell = boolean | SwitchName;

/** What a role may do in an organisation. A member does nothing by itself: it works through its workspace roles. */
export const ORGANISATION_MATRIX = {
  manage_billing: { owner: true, admin: false, member: false },
  manage_organisation: { owner: true, admin: true, member: false },
  manage_workspaces: { owner: true, admin: true, member: false },
  manage_admin_keys: { owner: true, admin: true, member: false },
  manage_users: { owner: true, admin: true, member: false },
  manage_access_settings: { owner: true, admin: true, member: false },
  view_audit_log: { owner: true, admin: true, member: false },
  manage_organisation_resources: { owner: true, admin: true, member: false },
  act_as_workspace_admin: { owner: true, admin: true, member: false },
  list_workspaces: { owner: true, admin: true, member: true },
} as const satisfies Record<string, Readonly<Record<OrganisationRole, boolean>>>;

export type OrganisationCapability = keyof typeof ORGANISATION_MATRIX;

/** What a role may do in a workspace. Owners and admins of the organisation have the first column everywhere. */
export const WORKSPACE_MATRIX = {
  view_workspace: { admin: true, manager: true, member: true },
  manage_workspace: { admin: true, manager: 'managersManageWorkspaceLimits', member: false },
  view_members: { admin: true, manager: true, member: true },
  manage_members: { admin: true, manager: true, member: false },
  view_service_keys: { admin: true, manager: 'managersViewApiKeys', member: false },
  write_service_keys: { admin: true, manager: 'managersWriteApiKeys', member: false },
  view_user_keys: { admin: true, manager: 'managersViewApiKeys', member: 'membersViewApiKeys' },
  write_user_keys: { admin: true, manager: 'managersWriteApiKeys', member: 'membersWriteApiKeys' },
  view_prompts: { admin: true, manager: 'managersViewPrompts', member: 'membersViewPrompts' },
  write_prompts: { admin: true, manager: 'managersWritePrompts', member: 'membersWritePrompts' },
  view_configs: { admin: true, manager: 'managersViewConfigs', member: 'membersViewConfigs' },
  write_configs: { admin: true, manager: 'managersWriteConfigs', member: 'membersWriteConfigs' },
  view_guardrails: { admin: true, manager: 'managersViewGuardrails', member: 'membersViewGuardrails' },
  write_guardrails: { admin: true, manager: 'managersWriteGuardrails', member: false },
  view_providers: { admin: true, manager: 'managersViewProviders', member: 'membersViewProviders' },
  write_providers: { admin: true, manager: 'managersWriteProviders', member: false },
  view_policies: { admin: true, manager: true, member: true },
  write_policies: { admin: true, manager: 'managersManageWorkspaceLimits', member: false },
  view_integrations: { admin: true, manager: true, member: true },
  write_integrations: { admin: true, manager: 'managersWriteWsIntegrations', member: false },
  write_mcp_integrations: { admin: true, manager: 'managersWriteWsMcpIntegrations', member: false },
  write_mcp_servers: { admin: true, manager: 'managersWriteMcpServers', member: false },
  view_analytics: { admin: true, manager: 'managersViewAnalytics', member: 'membersViewAnalytics' },
  view_logs: { admin: true, manager: 'managersViewLogs', member: 'membersViewLogs' },
  view_log_metadata: { admin: true, manager: 'managersViewLogMetadata', member: 'membersViewLogMetadata' },
  call_models: { admin: true, manager: true, member: true },
} as const satisfies Record<string, Readonly<Record<WorkspaceRole, Cell>>>;

export type WorkspaceCapability = keyof typeof WORKSPACE_MATRIX;

/** The only capabilities that admins of an organisation can lose in its workspaces. Owners lose none. */
export const ORGANISATION_ADMIN_SWITCHES: Readonly<Partial<Record<WorkspaceCapability, SwitchName>>> = {
  view_logs: 'orgAdminsViewLogs',
  view_log_metadata: 'orgAdminsViewLogMetadata',
};

/** Where a role sees only rows of its own user: always (`true`), or while the switch is off. Service rows have no user. */
export const OWN_ROWS_ONLY: Readonly<
  Partial<Record<WorkspaceCapability, Readonly<Partial<Record<WorkspaceRole, true | SwitchName>>>>>
> = {
  view_user_keys: { member: true },
  write_user_keys: { member: true },
  view_analytics: { manager: 'managersViewAllData', member: 'membersViewAllData' },
  view_logs: { manager: 'managersViewAllData', member: 'membersViewAllData' },
  view_log_metadata: { manager: 'managersViewAllData', member: 'membersViewAllData' },
};

/** Where a role of the organisation sees only what it belongs to. */
export const OWN_OF_ORGANISATION_ONLY: Readonly<Partial<Record<OrganisationCapability, readonly OrganisationRole[]>>> =
  {
    list_workspaces: ['member'],
  };

const GRANTORS: Readonly<Record<OrganisationRole, readonly OrganisationRole[]>> = {
  owner: ['owner'],
  admin: ['owner', 'admin'],
  member: ['owner', 'admin', 'member'],
};

/**
 * Whether somebody may give, or take away, this role of an organisation. Managers of workspaces invite people; without this they
 * could invite themselves an admin.
 */
export const mayGrant = (grantor: OrganisationRole, role: OrganisationRole): boolean =>
  GRANTORS[role].includes(grantor);
