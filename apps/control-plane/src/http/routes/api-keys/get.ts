import { read } from '../../route.ts';
import { apiKeyOfPath } from './find.ts';
import { keyScopes } from './scopes.ts';
import { apiKeyView } from './view.ts';

export const getApiKey = read({
  method: 'GET',
  path: '/api-keys/:id',
  aliases: ['/admin/api-keys/:id'],
  scopes: keyScopes('read'),
  read: async (call, sql) => apiKeyView(await apiKeyOfPath(sql, call, 'read'), call.nowMs),
});
