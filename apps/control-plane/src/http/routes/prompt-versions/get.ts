import { notFound } from '../../../access/authorize.ts';
import { findPromptVersionById } from '../../../store/prompt-versions.ts';
import { read } from '../../route.ts';
import { promptOfPath } from '../prompts/find.ts';
import { promptWithVersion } from '../prompts/view.ts';

export const getPromptVersion = read({
  method: 'GET',
  path: '/prompts/:prompt/versions/:version',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const prompt = await promptOfPath(sql, call, 'prompts.read');
    const version = await findPromptVersionById(sql, prompt.id, call.params.version ?? '');
    if (version === undefined) throw notFound('version of this prompt');
    return promptWithVersion(prompt, version);
  },
});
