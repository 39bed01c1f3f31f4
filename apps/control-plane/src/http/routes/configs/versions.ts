import { listConfigVersions } from '../../../store/configs.ts';
import { listOf } from '../../page.ts';
import { read } from '../../route.ts';
import { configOfPath } from './find.ts';
import { configVersion } from './view.ts';

export const getConfigVersions = read({
  method: 'GET',
  path: '/configs/:slug/versions',
  scopes: ['configs.read'],
  async read(call, sql) {
    const { id } = await configOfPath(sql, call, 'configs.read');
    const versions = await listConfigVersions(sql, id);
    return listOf(versions.length, versions.map(configVersion));
  },
});
