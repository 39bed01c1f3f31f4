import { PlatformError } from '@portolan/service-kit';
import { updateConfig, workspacesWithDefaultConfig } from '../../../store/configs.ts';
import { write } from '../../route.ts';
import { configOfPath } from './find.ts';

export const deleteConfig = write({
  method: 'DELETE',
  path: '/configs/:slug',
  scopes: ['configs.delete'],
  audit: { resource: 'configs', action: 'delete' },
  async write(call, tx) {
    const config = await configOfPath(tx, call, 'configs.delete', 'lock');
    const users = await workspacesWithDefaultConfig(tx, config);
    if (users.length > 0) {
      throw new PlatformError('conflict', {
        public: `The config is the default of user keys in ${users.join(', ')}: choose another one there first.`,
        param: 'slug',
      });
    }
    await updateConfig(tx, config.id, { name: config.name, isDefault: false, status: 'archived', by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'config', id: config.id }],
      subject: { id: config.id, workspaceId: config.workspace_id, before: { name: config.name, slug: config.slug } },
    };
  },
});
