import { notFound } from '../../../access/authorize.ts';
import { readVersioned } from '../../../domain/version-selector.ts';
import { findPromptVersion } from '../../../store/prompt-versions.ts';
import { read } from '../../route.ts';
import { promptByRef } from './find.ts';
import { promptWithVersion } from './view.ts';

export const getPrompt = read({
  method: 'GET',
  path: '/prompts/:prompt',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const reference = readVersioned(call.params.prompt ?? '', call.query.version);
    if (reference === undefined) throw notFound('prompt');
    const prompt = await promptByRef(sql, call, 'prompts.read', reference.ref);
    const version = await findPromptVersion(sql, prompt.id, reference.version);
    if (version === undefined) throw notFound('version of this prompt');
    return promptWithVersion(prompt, version);
  },
});
