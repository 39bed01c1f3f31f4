import { describe, expect, test } from 'vitest';
import {
  mayGrant,
  ORGANISATION_MATRIX,
  ORGANISATION_ROLES,
  type OrganisationRole,
  WORKSPACE_MATRIX,
  WORKSPACE_ROLES,
  type WorkspaceCapability,
  type WorkspaceRole,
} from './capabilities.ts';
import { hasOrganisationCapability, hasWorkspaceCapability, type User } from './may.ts';
import {
  DEFAULT_SETTINGS,
  isOn,
  type SecuritySettings,
  SWITCHES,
  type SwitchName,
  settingsOfWorkspace,
} from './settings.ts';

const user = (organisationRole: OrganisationRole, role: WorkspaceRole | null): User => ({
  id: 'u1',
  organisationRole,
  workspaceRoles: new Map(role === null ? [] : [['w1', role]]),
});
const withSwitch = (name: SwitchName, value: boolean): SecuritySettings => ({
  ...DEFAULT_SETTINGS,
  switches: { [name]: value },
});

/** Rights of manager and member when nobody set a switch, on their own. */
const DEFAULTS: Readonly<Record<WorkspaceCapability, readonly [manager: boolean, member: boolean]>> = {
  view_workspace: [true, true],
  manage_workspace: [false, false],
  view_members: [true, true],
  manage_members: [true, false],
  view_service_keys: [true, false],
  write_service_keys: [true, false],
  view_user_keys: [true, true],
  write_user_keys: [true, false],
  view_prompts: [true, true],
  write_prompts: [true, false],
  view_configs: [true, true],
  write_configs: [true, false],
  view_guardrails: [true, true],
  write_guardrails: [true, false],
  view_providers: [true, true],
  write_providers: [true, false],
  view_policies: [true, true],
  write_policies: [false, false],
  view_integrations: [true, true],
  write_integrations: [true, false],
  write_mcp_integrations: [true, false],
  write_mcp_servers: [true, false],
  view_analytics: [true, true],
  view_logs: [true, true],
  view_log_metadata: [true, true],
  call_models: [true, true],
};

const capabilities = Object.keys(WORKSPACE_MATRIX) as WorkspaceCapability[];
const switches = Object.keys(SWITCHES) as SwitchName[];

describe('workspace capabilities, organisation role × workspace role', () => {
  const cases = ORGANISATION_ROLES.flatMap((organisationRole) =>
    WORKSPACE_ROLES.flatMap((role) => capabilities.map((capability) => ({ organisationRole, role, capability }))),
  );

  test.each(cases)('$organisationRole, $role: $capability', ({ organisationRole, role, capability }) => {
    const [manager, member] = DEFAULTS[capability];
    const expected = organisationRole !== 'member' || { admin: true, manager, member }[role];
    const who = user(organisationRole, role);
    expect(hasWorkspaceCapability(who, 'w1', capability, DEFAULT_SETTINGS)).toBe(expected);
    const elsewhere = organisationRole !== 'member';
    expect(hasWorkspaceCapability(who, 'w2', capability, DEFAULT_SETTINGS)).toBe(elsewhere);
    expect(hasWorkspaceCapability(who, null, capability, DEFAULT_SETTINGS)).toBe(elsewhere);
  });
});

test.each(switches)(
  'the switch %s moves only the role that it names, and never an owner or a workspace admin',
  (name) => {
    const turned = withSwitch(name, !SWITCHES[name].default);
    const named = name.startsWith('managers') ? 'manager' : name.startsWith('members') ? 'member' : null;
    for (const capability of capabilities) {
      expect(hasWorkspaceCapability(user('owner', null), 'w1', capability, turned)).toBe(true);
      expect(hasWorkspaceCapability(user('member', 'admin'), 'w1', capability, turned)).toBe(true);
      for (const role of WORKSPACE_ROLES.filter((each) => each !== named)) {
        const who = user('member', role);
        expect(hasWorkspaceCapability(who, 'w1', capability, turned), `${role} ${capability}`).toBe(
          hasWorkspaceCapability(who, 'w1', capability, DEFAULT_SETTINGS),
        );
      }
      const isLogSwitch = name.startsWith('orgAdmins');
      if (!isLogSwitch) expect(hasWorkspaceCapability(user('admin', null), 'w1', capability, turned)).toBe(true);
    }
  },
);

test.each(['managersViewLogs', 'membersWritePrompts', 'managersManageWorkspaceLimits', 'membersWriteApiKeys'] as const)(
  '%s does what it says',
  (name) => {
    const role = name.startsWith('managers') ? 'manager' : 'member';
    const changed = capabilities.filter(
      (capability) =>
        hasWorkspaceCapability(user('member', role), 'w1', capability, withSwitch(name, true)) !==
        hasWorkspaceCapability(user('member', role), 'w1', capability, withSwitch(name, false)),
    );
    expect(changed).toEqual(
      {
        managersViewLogs: ['view_logs'],
        membersWritePrompts: ['write_prompts'],
        managersManageWorkspaceLimits: ['manage_workspace', 'write_policies'],
        membersWriteApiKeys: ['write_user_keys'],
      }[name],
    );
  },
);

test('admins of an organisation lose the view of logs by their switch, whatever their workspace role', () => {
  const off = withSwitch('orgAdminsViewLogs', false);
  expect(hasWorkspaceCapability(user('admin', 'admin'), 'w1', 'view_logs', off)).toBe(false);
  expect(hasWorkspaceCapability(user('admin', null), 'w1', 'view_log_metadata', off)).toBe(true);
  expect(hasWorkspaceCapability(user('owner', null), 'w1', 'view_logs', off)).toBe(true);
});

test('in the organisation only owners see bills, and members nothing but their workspaces', () => {
  const held = (role: OrganisationRole) =>
    (Object.keys(ORGANISATION_MATRIX) as (keyof typeof ORGANISATION_MATRIX)[]).filter((each) =>
      hasOrganisationCapability(role, each),
    );
  expect(held('owner')).toEqual(Object.keys(ORGANISATION_MATRIX));
  expect(held('admin')).toEqual(Object.keys(ORGANISATION_MATRIX).filter((each) => each !== 'manage_billing'));
  expect(held('member')).toEqual(['list_workspaces']);
});

test('nobody gives a role above its own', () => {
  const granted = ORGANISATION_ROLES.flatMap((by) =>
    ORGANISATION_ROLES.filter((role) => mayGrant(by, role)).map((role) => `${by} ${role}`),
  );
  expect(granted).toEqual([
    'owner owner',
    'owner admin',
    'owner member',
    'admin admin',
    'admin member',
    'member member',
  ]);
});

describe('settings of a workspace', () => {
  const organisation = { ...DEFAULT_SETTINGS, switches: { membersWritePrompts: true, membersViewLogs: false } };

  test('its own value counts in sections that are open to it, and in no other', () => {
    const own = { switches: { membersWritePrompts: false, membersViewLogs: true }, requestLogging: 'metrics' } as const;
    const opened = settingsOfWorkspace(organisation, new Set(['prompts']), own);
    expect(isOn(opened, 'membersWritePrompts')).toBe(false);
    expect(isOn(opened, 'membersViewLogs')).toBe(false);
    expect(opened.requestLogging).toBe('full');
    expect(settingsOfWorkspace(organisation, new Set(['request_logging']), own).requestLogging).toBe('metrics');
  });

  test('what it did not set is the organisation’s, and what nobody set is the default', () => {
    const opened = settingsOfWorkspace(organisation, new Set(['prompts', 'logs', 'configs']), {});
    expect(isOn(opened, 'membersWritePrompts')).toBe(true);
    expect(isOn(opened, 'membersViewLogs')).toBe(false);
    expect(isOn(opened, 'membersWriteConfigs')).toBe(false);
    expect(isOn(opened, 'membersViewConfigs')).toBe(true);
  });
});
