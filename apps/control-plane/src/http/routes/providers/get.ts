import { read } from '../../route.ts';
import { handleOfPath } from '../virtual-keys/find.ts';
import { providerView } from './view.ts';

export const getProvider = read({
  method: 'GET',
  path: '/providers/:slug',
  scopes: ['providers.read'],
  read: async (call, sql) =>
    providerView(await handleOfPath(sql, call, { scope: 'providers.read', what: 'provider' }), call.nowMs),
});
