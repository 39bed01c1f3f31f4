import { notFound } from '../../../access/authorize.ts';
import { readVersioned } from '../../../domain/version-selector.ts';
import { findPartialVersion } from '../../../store/partial-versions.ts';
import { read } from '../../route.ts';
import { partialByRef } from './find.ts';
import { partialWithVersion } from './view.ts';

export const getPartial = read({
  method: 'GET',
  path: '/prompts/partials/:partial',
  scopes: ['prompts.read'],
  async read(call, sql) {
    const reference = readVersioned(call.params.partial ?? '', call.query.version);
    if (reference === undefined) throw notFound('partial');
    const partial = await partialByRef(sql, call, 'prompts.read', reference.ref);
    const version = await findPartialVersion(sql, partial.id, reference.version);
    if (version === undefined) throw notFound('version of this partial');
    return partialWithVersion(partial, version);
  },
});
