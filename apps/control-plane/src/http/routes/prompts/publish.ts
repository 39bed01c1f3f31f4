import * as z from 'zod';
import { notFound } from '../../../access/authorize.ts';
import { findPromptVersion } from '../../../store/prompt-versions.ts';
import { updatePrompt } from '../../../store/prompts.ts';
import { readInput } from '../../input.ts';
import { write } from '../../route.ts';
import { versionNumberField } from './content-fields.ts';
import { promptOfPath } from './find.ts';

const input = z.object({ version: versionNumberField() });

/** Publishes a version, or rolls back to an older one. */
export const publishPrompt = write({
  method: 'PUT',
  path: '/prompts/:prompt/makeDefault',
  scopes: ['prompts.publish'],
  audit: { resource: 'prompts', action: 'publish' },
  async write(call, tx) {
    const { version } = readInput(call, input);
    const prompt = await promptOfPath(tx, call, 'prompts.publish', 'lock');
    const found = await findPromptVersion(tx, prompt.id, { kind: 'number', number: version });
    if (found?.status !== 'active') throw notFound('version of this prompt');
    await updatePrompt(tx, prompt.id, { ...prompt, published_version: version, by: call.actor.id });
    return {
      body: {},
      changed: [{ kind: 'prompt', id: prompt.id }],
      subject: {
        id: prompt.id,
        workspaceId: prompt.workspace_id,
        before: { published_version: prompt.published_version },
        after: { published_version: version },
      },
    };
  },
});
