import { read } from '../../route.ts';
import { ownOrganization } from './find.ts';
import { settingsView } from './view.ts';

export const getOrganisationSettings = read({
  method: 'GET',
  path: '/admin/organisation/settings',
  aliases: ['/admin/organization/settings'],
  scopes: ['organisation_settings.read'],
  read: async (call, sql) => settingsView(await ownOrganization(sql, call, 'organisation_settings.read')),
});
