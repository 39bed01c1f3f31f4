import { path } from '../http/api.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf } from './adapter.ts';

const FIELDS = ['description', 'icon', 'usage_limits', 'rate_limits', 'defaults'];

export const workspaces: KindAdapter = {
  list: async (api) =>
    (await api.list('/admin/workspaces')).filter(isActive).map((item) => ({
      ...listedOf('id')(item),
      // Everything that anybody has in it would go with it.
      keptBecause: 'workspaces are deleted by "portolan workspaces delete" only',
    })),
  spec: async (_api, { item }) => fieldsOf(item, FIELDS),
  create: async (api, _, name, spec) => madeOf(await api.send('POST', '/admin/workspaces', { ...spec, name }), 'id'),
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/admin/workspaces/${current.id}`, fields);
  },
  remove: async (api, { id, name }) => {
    await api.send('DELETE', path`/admin/workspaces/${id}`, { name });
  },
};
