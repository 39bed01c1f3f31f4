import { path } from '../http/api.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

export const guardrails: KindAdapter = {
  list: async (api, place) =>
    (await api.list('/guardrails', workspaceOf(place))).filter(isActive).map((item) => ({
      ...listedOf('slug')(item),
      ...(item.workspace_id === null ? { keptBecause: 'it belongs to the organisation' } : {}),
    })),
  spec: async (api, { slug }) => fieldsOf(await api.get(path`/guardrails/${slug}`), ['checks', 'actions']),
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/guardrails', { ...spec, name, ...workspaceOf(place) }), 'slug'),
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/guardrails/${current.slug}`, fields);
  },
  remove: async (api, { slug }) => {
    await api.send('DELETE', path`/guardrails/${slug}`);
  },
};
