import { path } from '../http/api.ts';
import type { Json } from '../json.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

/** A config comes as the JSON text of one. */
export const configOf = (value: Json | undefined): Json => {
  if (typeof value !== 'string') return value ?? null;
  const parsed: Json = JSON.parse(value);
  return parsed;
};

export const configs: KindAdapter = {
  list: async (api, place) => (await api.list('/configs', workspaceOf(place))).filter(isActive).map(listedOf('slug')),
  spec: async (api, { slug }) => {
    const answer = await api.get(path`/configs/${slug}`);
    return { ...fieldsOf(answer, ['is_default']), config: configOf(answer.config) };
  },
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/configs', { ...spec, name, ...workspaceOf(place) }), 'slug'),
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/configs/${current.slug}`, fields);
  },
  remove: async (api, { slug }) => {
    await api.send('DELETE', path`/configs/${slug}`);
  },
};
