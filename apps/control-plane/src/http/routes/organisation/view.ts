import { isOn, type SecuritySettings } from '@portolan/access-control';
import { organizationSettings } from '../../../access/settings.ts';
import { isObject, type JsonObject } from '../../../domain/json.ts';
import { SWITCH_NAMES } from '../../../domain/settings-input.ts';
import type { OrganizationRow } from '../../../store/organizations.ts';

/** Every switch with the value that holds, also where nobody set it. */
export const switchesView = (settings: Pick<SecuritySettings, 'switches'>): JsonObject =>
  Object.fromEntries(SWITCH_NAMES.map((name) => [name, isOn(settings, name)]));

export const settingsView = (row: OrganizationRow): JsonObject => {
  const settings = organizationSettings(row.settings);
  return {
    object: 'organisation-settings',
    id: row.id,
    slug: row.slug,
    name: row.name,
    switches: switchesView(settings),
    overridable: row.overridable,
    request_logging: settings.requestLogging,
    denied_export_fields: settings.deniedExportFields,
    api_key_metadata_schema: settings.apiKeyMetadataSchema,
    workspace_metadata_schema: settings.workspaceMetadataSchema,
    jwks: isObject(row.jwks) ? row.jwks : null,
    jwks_url: row.jwks_url,
  };
};
