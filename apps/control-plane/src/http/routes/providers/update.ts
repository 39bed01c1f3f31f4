import * as z from 'zod';
import { updateVirtualKey } from '../../../store/virtual-keys.ts';
import { nameField, refField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { handleOfPath } from '../virtual-keys/find.ts';
import { handleChangeFields, nextHandle } from '../virtual-keys/limits.ts';
import { providerView } from './view.ts';

const input = z.object({ ...handleChangeFields, name: nameField().optional(), workspace_id: refField().nullish() });

export const putProvider = write({
  method: 'PUT',
  path: '/providers/:slug',
  scopes: ['providers.update'],
  audit: { resource: 'providers', action: 'update' },
  async write(call, tx) {
    const given = readInput(call, input);
    const before = await handleOfPath(tx, call, { scope: 'providers.update', what: 'provider', lock: 'lock' });
    await updateVirtualKey(tx, before.id, nextHandle(given, before, call.nowMs));
    const after = await handleOfPath(tx, call, { scope: 'providers.update', what: 'provider' });
    return {
      body: { id: before.id, slug: before.slug, object: 'provider' },
      changed: [{ kind: 'virtual_key', id: before.id }],
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: providerView(before, call.nowMs),
        after: providerView(after, call.nowMs),
      },
    };
  },
});
