import { read } from '../../route.ts';
import { handleOfPath } from './find.ts';
import { virtualKeyView } from './view.ts';

export const getVirtualKey = read({
  method: 'GET',
  path: '/virtual-keys/:slug',
  scopes: ['virtual_keys.read'],
  read: async (call, sql) =>
    virtualKeyView(await handleOfPath(sql, call, { scope: 'virtual_keys.read', what: 'virtual key' }), call.nowMs),
});
