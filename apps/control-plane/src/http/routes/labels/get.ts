import { read } from '../../route.ts';
import { readableLabel } from './find.ts';
import { labelView } from './view.ts';

export const getLabel = read({
  method: 'GET',
  path: '/labels/:label',
  scopes: ['prompts.read'],
  read: async (call, sql) => labelView(await readableLabel(sql, call)),
});
