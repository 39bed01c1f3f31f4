import { listPromptVersions } from '../../../store/prompt-versions.ts';
import { listOf } from '../../page.ts';
import { read } from '../../route.ts';
import { promptOfPath } from '../prompts/find.ts';
import { versionSummary } from '../prompts/view.ts';

export const getPromptVersions = read({
  method: 'GET',
  path: '/prompts/:prompt/versions',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const prompt = await promptOfPath(sql, call, 'prompts.read');
    const versions = await listPromptVersions(sql, prompt.id);
    return listOf(versions.length, versions.map(versionSummary));
  },
});
