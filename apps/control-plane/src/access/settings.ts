import {
  DEFAULT_SETTINGS,
  type SecuritySettings,
  type SettingsSection,
  SWITCHES,
  type SwitchName,
  settingsOfWorkspace,
  type WorkspaceSettings,
} from '@portolan/access-control';
import * as z from 'zod';

const isSwitch = (name: string): name is SwitchName => Object.hasOwn(SWITCHES, name);

const SECTIONS: ReadonlySet<string> = new Set(Object.values(SWITCHES).map(({ section }) => section));

const isSection = (name: string): name is SettingsSection => SECTIONS.has(name);

const stored = z.object({
  switches: z.record(z.string(), z.boolean()).optional(),
  requestLogging: z.enum(['full', 'metrics']).optional(),
  deniedExportFields: z.array(z.string()).optional(),
  apiKeyMetadataSchema: z.record(z.string(), z.unknown()).nullish(),
  workspaceMetadataSchema: z.record(z.string(), z.unknown()).nullish(),
});

const switchesOf = (given: Readonly<Record<string, boolean>> = {}): SecuritySettings['switches'] =>
  Object.fromEntries(Object.entries(given).filter(([name]) => isSwitch(name)));

/** The settings column of an organization. */
export const organizationSettings = (column: unknown): SecuritySettings => {
  const { switches, apiKeyMetadataSchema, workspaceMetadataSchema, requestLogging, deniedExportFields } =
    stored.parse(column);
  return {
    switches: switchesOf(switches),
    requestLogging: requestLogging ?? DEFAULT_SETTINGS.requestLogging,
    deniedExportFields: deniedExportFields ?? [],
    apiKeyMetadataSchema: apiKeyMetadataSchema ?? null,
    workspaceMetadataSchema: workspaceMetadataSchema ?? null,
  };
};

/** The settings column of a workspace. */
export const workspaceSettings = (column: unknown): WorkspaceSettings => {
  const { switches, requestLogging } = stored.parse(column);
  return { switches: switchesOf(switches), ...(requestLogging === undefined ? {} : { requestLogging }) };
};

/** What holds in a workspace, or in the organization where none is given. */
export const effectiveSettings = (
  organization: { readonly settings: unknown; readonly overridable: readonly string[] },
  workspace: { readonly settings: unknown } | undefined,
): SecuritySettings => {
  const own = organizationSettings(organization.settings);
  return workspace === undefined
    ? own
    : settingsOfWorkspace(
        own,
        new Set(organization.overridable.filter(isSection)),
        workspaceSettings(workspace.settings),
      );
};
