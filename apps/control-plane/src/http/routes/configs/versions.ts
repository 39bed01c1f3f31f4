import { listConfigVersions } from '../../../store/configs.ts';
import { listOf } from '../../page.ts';
import { read } from '../../route.ts';
import { configOfPath } from './find.ts';
import { openConfigs } from './open.ts';
import { configVersion } from './view.ts';

export const getConfigVersions = read({
  method: 'GET',
  path: '/configs/:slug/versions',
  scopes: ['configs.read'],
  async read(call, sql, deps) {
    const { id } = await configOfPath(sql, call, 'configs.read');
    const versions = await openConfigs(await listConfigVersions(sql, id), deps);
    return listOf(versions.length, versions.map(configVersion));
  },
});
