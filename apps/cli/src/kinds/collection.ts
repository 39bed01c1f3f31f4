import { path } from '../http/api.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

export const collections: KindAdapter = {
  list: async (api, place) =>
    (await api.list('/collections', workspaceOf(place))).filter(isActive).map((item) => ({
      ...listedOf('id')(item),
      ...(item.is_default === 1 ? { keptBecause: 'it is the default collection' } : {}),
    })),
  spec: async (_api, { item }) => fieldsOf(item, ['parent_collection_id']),
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/collections', { ...spec, name, ...workspaceOf(place) }), 'id'),
  // Nothing of a collection can be changed but its name, which is what it is known by here.
  update: async () => {},
  remove: async (api, { id }) => {
    await api.send('DELETE', path`/collections/${id}`);
  },
};
