import { revokeApiKey } from '../../../store/api-key-changes.ts';
import { write } from '../../route.ts';
import { apiKeyOfPath } from './find.ts';
import { keyScopes } from './scopes.ts';

export const deleteApiKey = write({
  method: 'DELETE',
  path: '/api-keys/:id',
  aliases: ['/admin/api-keys/:id'],
  scopes: keyScopes('delete'),
  audit: { resource: 'api_keys', action: 'delete' },
  async write(call, tx) {
    const { id, workspace_id, name, type, masked } = await apiKeyOfPath(tx, call, 'delete', 'lock');
    await revokeApiKey(tx, id);
    return {
      body: {},
      changed: [{ kind: 'api_key', id }],
      subject: { id, workspaceId: workspace_id, before: { name, type, masked } },
    };
  },
});
