import { detachLabel, touchLabelledPrompts, updateLabel } from '../../../store/labels.ts';
import { write } from '../../route.ts';
import { ownLabel, refuseUniversal } from './find.ts';

/** Whatever the label stood on loses it: requests that name it find no version any more. */
export const deleteLabel = write({
  method: 'DELETE',
  path: '/labels/:label',
  scopes: ['prompts.update'],
  audit: { resource: 'labels', action: 'delete' },
  async write(call, tx) {
    const label = await ownLabel(tx, call, 'prompts.update');
    refuseUniversal(label, 'deleted');
    const touched = await touchLabelledPrompts(tx, label.id);
    await detachLabel(tx, label.id);
    await updateLabel(tx, label.id, { ...label, status: 'archived' });
    return {
      body: {},
      changed: touched.map((id) => ({ kind: 'prompt', id })),
      subject: { id: label.id, workspaceId: label.workspace_id, before: { name: label.name } },
    };
  },
});
