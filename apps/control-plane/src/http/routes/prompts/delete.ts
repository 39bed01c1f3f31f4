import { updatePrompt } from '../../../store/prompts.ts';
import { write } from '../../route.ts';
import { promptOfPath } from './find.ts';

export const deletePrompt = write({
  method: 'DELETE',
  path: '/prompts/:prompt',
  scopes: ['prompts.delete'],
  audit: { resource: 'prompts', action: 'delete' },
  async write(call, tx) {
    const prompt = await promptOfPath(tx, call, 'prompts.delete', 'lock');
    await updatePrompt(tx, prompt.id, { ...prompt, status: 'archived', by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'prompt', id: prompt.id }],
      subject: { id: prompt.id, workspaceId: prompt.workspace_id, before: { name: prompt.name, slug: prompt.slug } },
    };
  },
});
