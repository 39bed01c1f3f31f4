import { listPartialVersions } from '../../../store/partial-versions.ts';
import { listOf } from '../../page.ts';
import { read } from '../../route.ts';
import { partialOfPath } from './find.ts';
import { partialVersionView } from './view.ts';

export const getPartialVersions = read({
  method: 'GET',
  path: '/prompts/partials/:partial/versions',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const partial = await partialOfPath(sql, call, 'prompts.read');
    const versions = await listPartialVersions(sql, partial.id);
    return listOf(
      versions.length,
      versions.map((version) => partialVersionView(partial, version)),
    );
  },
});
