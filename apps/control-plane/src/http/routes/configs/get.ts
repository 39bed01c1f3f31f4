import { read } from '../../route.ts';
import { configOfPath } from './find.ts';
import { configWithVersion } from './view.ts';

export const getConfig = read({
  method: 'GET',
  path: '/configs/:slug',
  scopes: ['configs.read'],
  read: async (call, sql) => configWithVersion(await configOfPath(sql, call, 'configs.read')),
});
