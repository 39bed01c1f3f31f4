import { Refused } from '../failure.ts';
import { type Api, path } from '../http/api.ts';
import { isArray, isObject, textOf } from '../json.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

const versionNumber = async (api: Api, id: string, versionId: string): Promise<number> => {
  const { data } = await api.get(path`/prompts/partials/${id}/versions`);
  const versions = isArray(data) ? data.filter(isObject) : [];
  const found = versions.find((version) => version.prompt_partial_version_id === versionId)?.version;
  if (typeof found !== 'number') throw new Refused('The version that was just saved is not in the list of versions.');
  return found;
};

export const partials: KindAdapter = {
  list: async (api, place) =>
    (await api.list('/prompts/partials', workspaceOf(place))).filter(isActive).map(listedOf('slug')),
  spec: async (api, { id }) => fieldsOf(await api.get(path`/prompts/partials/${id}`), ['string', 'collection_id']),
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/prompts/partials', { ...spec, name, ...workspaceOf(place) }), 'slug'),
  /** What files describe is what is served: a new version is published at once. */
  update: async (api, _, { current, fields }) => {
    const answer = await api.send('PUT', path`/prompts/partials/${current.id}`, fields);
    const version = await versionNumber(api, current.id, textOf(answer, 'prompt_partial_version_id'));
    await api.send('PUT', path`/prompts/partials/${current.id}/makeDefault`, { version });
  },
  remove: async (api, { id }) => {
    await api.send('DELETE', path`/prompts/partials/${id}`);
  },
};
