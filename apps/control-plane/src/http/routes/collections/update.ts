import * as z from 'zod';
import { updateCollection } from '../../../store/collections.ts';
import { nameField } from '../../fields.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { collectionOfPath } from './find.ts';

const input = z.object({ name: nameField().optional() });

export const putCollection = write({
  method: 'PUT',
  path: '/collections/:collection',
  scopes: ['prompts.update'],
  audit: { resource: 'collections', action: 'update' },
  async write(call, tx) {
    const { name } = readInput(call, input);
    const before = await collectionOfPath(tx, call, 'prompts.update');
    const after = { name: name ?? before.name, status: before.status };
    await updateCollection(tx, before.id, after);
    return {
      body: {},
      subject: {
        id: before.id,
        workspaceId: before.workspace_id,
        before: { name: before.name },
        after: { name: after.name },
      },
    };
  },
});
