import { write } from '../../route.ts';
import { endHandle } from '../virtual-keys/delete.ts';
import { handleOfPath } from '../virtual-keys/find.ts';

export const deleteProvider = write({
  method: 'DELETE',
  path: '/providers/:slug',
  scopes: ['providers.delete'],
  audit: { resource: 'providers', action: 'delete' },
  write: async (call, tx, deps) =>
    endHandle(
      tx,
      call,
      await handleOfPath(tx, call, { scope: 'providers.delete', what: 'provider', lock: 'lock' }),
      deps,
    ),
});
