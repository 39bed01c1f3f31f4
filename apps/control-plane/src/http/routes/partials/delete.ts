import { updatePartial } from '../../../store/partials.ts';
import { write } from '../../route.ts';
import { partialOfPath } from './find.ts';

/** Calls of prompts that refer to it fail from then on, and say which partial is missing. */
export const deletePartial = write({
  method: 'DELETE',
  path: '/prompts/partials/:partial',
  scopes: ['prompts.delete'],
  audit: { resource: 'partials', action: 'delete' },
  async write(call, tx) {
    const partial = await partialOfPath(tx, call, 'prompts.delete', 'lock');
    await updatePartial(tx, partial.id, { ...partial, status: 'archived', by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'partial', id: partial.id }],
      subject: {
        id: partial.id,
        workspaceId: partial.workspace_id,
        before: { name: partial.name, slug: partial.slug },
      },
    };
  },
});
