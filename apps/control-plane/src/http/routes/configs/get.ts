import { read } from '../../route.ts';
import { configOfPath } from './find.ts';
import { openConfig } from './open.ts';
import { configWithVersion } from './view.ts';

export const getConfig = read({
  method: 'GET',
  path: '/configs/:slug',
  scopes: ['configs.read'],
  read: async (call, sql, deps) =>
    configWithVersion(await openConfig(await configOfPath(sql, call, 'configs.read'), deps)),
});
