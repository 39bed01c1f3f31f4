/**
 * The switches of an organisation: what managers and members of its workspaces may do beyond or below the rule, each with its section
 * and its value when nobody set it. Read rights are on; what members may change is off.
 */
export const SWITCHES = {
  managersViewAnalytics: { section: 'analytics', default: true },
  membersViewAnalytics: { section: 'analytics', default: true },

  managersViewAllData: { section: 'data_visibility', default: true },
  membersViewAllData: { section: 'data_visibility', default: true },

  managersViewLogs: { section: 'logs', default: true },
  membersViewLogs: { section: 'logs', default: true },
  orgAdminsViewLogs: { section: 'logs', default: true },
  managersViewLogMetadata: { section: 'logs', default: true },
  membersViewLogMetadata: { section: 'logs', default: true },
  orgAdminsViewLogMetadata: { section: 'logs', default: true },

  managersViewPrompts: { section: 'prompts', default: true },
  managersWritePrompts: { section: 'prompts', default: true },
  membersViewPrompts: { section: 'prompts', default: true },
  membersWritePrompts: { section: 'prompts', default: false },

  managersViewGuardrails: { section: 'guardrails', default: true },
  managersWriteGuardrails: { section: 'guardrails', default: true },
  membersViewGuardrails: { section: 'guardrails', default: true },

  managersWriteWsIntegrations: { section: 'integrations', default: true },
  managersWriteWsMcpIntegrations: { section: 'integrations', default: true },
  managersWriteMcpServers: { section: 'integrations', default: true },

  managersViewProviders: { section: 'providers', default: true },
  managersWriteProviders: { section: 'providers', default: true },
  membersViewProviders: { section: 'providers', default: true },

  managersViewConfigs: { section: 'configs', default: true },
  managersWriteConfigs: { section: 'configs', default: true },
  membersViewConfigs: { section: 'configs', default: true },
  membersWriteConfigs: { section: 'configs', default: false },

  managersViewApiKeys: { section: 'api_keys', default: true },
  managersWriteApiKeys: { section: 'api_keys', default: true },
  membersViewApiKeys: { section: 'api_keys', default: true },
  membersWriteApiKeys: { section: 'api_keys', default: false },

  managersManageWorkspaceLimits: { section: 'workspaces', default: false },

  blockInlineConfigs: { section: 'data_plane', default: false },

  managersChangeRequestLogging: { section: 'request_logging', default: false },
} as const satisfies Record<string, { readonly section: string; readonly default: boolean }>;

export type SwitchName = keyof typeof SWITCHES;
export type SettingsSection = (typeof SWITCHES)[SwitchName]['section'];

type SwitchValues = Readonly<Partial<Record<SwitchName, boolean>>>;

/** The settings that hold at one place. A switch that nobody set has its default: ask `isOn`. */
export interface SecuritySettings {
  readonly switches: SwitchValues;
  /** `metrics`: rows are kept without bodies. */
  readonly requestLogging: 'full' | 'metrics';
  /** Columns that no export holds. */
  readonly deniedExportFields: readonly string[];
  /** JSON Schema (draft-07) of the metadata of API keys and of workspaces; null asks nothing. */
  readonly apiKeyMetadataSchema: Readonly<Record<string, unknown>> | null;
  readonly workspaceMetadataSchema: Readonly<Record<string, unknown>> | null;
}

export const DEFAULT_SETTINGS: SecuritySettings = {
  switches: {},
  requestLogging: 'full',
  deniedExportFields: [],
  apiKeyMetadataSchema: null,
  workspaceMetadataSchema: null,
};

export const isOn = ({ switches }: Pick<SecuritySettings, 'switches'>, name: SwitchName): boolean =>
  switches[name] ?? SWITCHES[name].default;

/** What a workspace set for itself. */
export type WorkspaceSettings = Partial<Pick<SecuritySettings, 'switches' | 'requestLogging'>>;

const isSwitch = (name: string): name is SwitchName => Object.hasOwn(SWITCHES, name);

/**
 * The settings that hold in a workspace: its own where it set something and its organisation lets workspaces decide, else the
 * organisation's.
 * @param overridable  sections that the organisation has opened to its workspaces
 */
export const settingsOfWorkspace = (
  organisation: SecuritySettings,
  overridable: ReadonlySet<SettingsSection>,
  workspace: WorkspaceSettings,
): SecuritySettings => {
  const switches: Partial<Record<SwitchName, boolean>> = { ...organisation.switches };
  for (const [name, value] of Object.entries(workspace.switches ?? {})) {
    if (isSwitch(name) && overridable.has(SWITCHES[name].section)) switches[name] = value;
  }
  const ownLogging = overridable.has('request_logging') ? workspace.requestLogging : undefined;
  return { ...organisation, switches, requestLogging: ownLogging ?? organisation.requestLogging };
};
