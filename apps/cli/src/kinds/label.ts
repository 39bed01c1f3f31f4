import { path } from '../http/api.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

export const labels: KindAdapter = {
  list: async (api, place) =>
    (await api.list('/labels', workspaceOf(place))).filter(isActive).map((item) => ({
      ...listedOf('id')(item),
      ...(item.workspace_id == null ? { keptBecause: 'every workspace has it' } : {}),
    })),
  spec: async (_api, { item }) => fieldsOf(item, ['description', 'color_code']),
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/labels', { ...spec, name, ...workspaceOf(place) }), 'id'),
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/labels/${current.id}`, fields);
  },
  remove: async (api, { id }) => {
    await api.send('DELETE', path`/labels/${id}`);
  },
};
