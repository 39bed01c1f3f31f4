import { Refused } from '../failure.ts';
import { type Api, path } from '../http/api.ts';
import { isArray, type Json, type JsonObject, textOf } from '../json.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, type Place, workspaceOf } from './adapter.ts';

/** What a version consists of: it is saved as a whole. */
const CONTENT = [
  'string',
  'parameters',
  'model',
  'virtual_key',
  'functions',
  'tools',
  'tool_choice',
  'template_metadata',
  'is_raw_template',
];

const without = (spec: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => !names.includes(name)));

const namesOfLabels = async (place: Place, ids: Json | undefined): Promise<readonly string[]> => {
  if (!isArray(ids) || ids.length === 0) return [];
  const names = new Map([...(await place.labels())].map(([name, id]) => [id, name]));
  return ids.flatMap((id) => names.get(String(id)) ?? []);
};

const putLabels = async (api: Api, place: Place, promptId: string, versionId: string, wanted: Json | undefined) => {
  if (!isArray(wanted) || wanted.length === 0) return;
  const ids = await place.labels();
  for (const name of wanted) {
    const id = ids.get(String(name));
    if (id === undefined) throw new Refused(`There is no label "${String(name)}".`);
    await api.send('PUT', path`/prompts/${promptId}/versions/${versionId}`, { label_id: id });
  }
};

const publish = async (api: Api, promptId: string, versionId: string): Promise<void> => {
  const { prompt_version } = await api.get(path`/prompts/${promptId}/versions/${versionId}`);
  await api.send('PUT', path`/prompts/${promptId}/makeDefault`, { version: prompt_version ?? null });
};

/** Saves and publishes a version. What the file does not name stays as it is published, whatever drafts there are. */
const saveContent = async (api: Api, id: string, published: JsonObject, fields: JsonObject): Promise<string> => {
  const content = { ...fieldsOf(published, CONTENT), ...fieldsOf(fields, [...CONTENT, 'version_description']) };
  const versionId = textOf(await api.send('PUT', path`/prompts/${id}`, content), 'prompt_version_id');
  await publish(api, id, versionId);
  return versionId;
};

export const prompts: KindAdapter = {
  list: async (api, place) => (await api.list('/prompts', workspaceOf(place))).filter(isActive).map(listedOf('slug')),
  spec: async (api, { id }, place) => {
    const answer = await api.get(path`/prompts/${id}`, { version: 'default' });
    return {
      ...fieldsOf(answer, [...CONTENT, 'collection_id', 'prompt_version_id']),
      labels: await namesOfLabels(place, answer.prompt_version_label_ids),
    };
  },
  create: async (api, place, name, spec) => {
    const body = { ...without(spec, ['labels']), name, ...workspaceOf(place) };
    const answer = await api.send('POST', '/prompts', body);
    const made = madeOf(answer, 'slug');
    await putLabels(api, place, made.id, textOf(answer, 'version_id'), spec.labels);
    return made;
  },
  update: async (api, place, { current, fields }) => {
    const isNewContent = CONTENT.some((name) => fields[name] !== undefined);
    if (fields.collection_id !== undefined) {
      await api.send('PUT', path`/prompts/${current.id}`, { collection_id: fields.collection_id });
    }
    const versionId = isNewContent
      ? await saveContent(api, current.id, current.spec, fields)
      : textOf(current.spec, 'prompt_version_id');
    await putLabels(api, place, current.id, versionId, fields.labels);
  },
  remove: async (api, { id }) => {
    await api.send('DELETE', path`/prompts/${id}`);
  },
};
