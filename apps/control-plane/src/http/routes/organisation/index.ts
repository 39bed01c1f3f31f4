import type { Route } from '../../route.ts';
import { getOrganisationDefaults, putOrganisationDefaults } from './defaults.ts';
import { getOrganisationSettings } from './get-settings.ts';
import { putOrganisationSettings } from './put-settings.ts';
import { getWorkspaceSettings, putWorkspaceSettings } from './workspace-settings.ts';

export const organisationRoutes: readonly Route[] = [
  getOrganisationSettings,
  putOrganisationSettings,
  getOrganisationDefaults,
  putOrganisationDefaults,
  getWorkspaceSettings,
  putWorkspaceSettings,
];
