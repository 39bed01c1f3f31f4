import { providerFields } from '@portolan/credential-rules';
import { path } from '../http/api.ts';
import { isObject, type Json, type JsonObject, textOf } from '../json.ts';
import { STORED_SECRET } from '../plan/comparable.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, workspaceOf } from './adapter.ts';

const FIELDS = ['slug', 'note', 'usage_limits', 'rate_limits', 'expires_at'];
/** The one setting that is shown under another name than it is written. */
const SHOWN_AS: Readonly<Record<string, string>> = { azure_deployment_config: 'deployments' };

/** The settings of a credential, each under both of its names, as files may write either. */
const settingsOf = (item: JsonObject): JsonObject => {
  const shown = isObject(item.model_config) ? item.model_config : {};
  const entries = providerFields(textOf(item, 'ai_provider_name')).fields.flatMap(
    ({ name, camelName, isSecret }): readonly (readonly [string, Json])[] => {
      const mask = name === 'key' ? item.masked_api_key : shown[`masked_${camelName}`];
      const value = isSecret ? (mask == null ? undefined : STORED_SECRET) : shown[SHOWN_AS[name] ?? camelName];
      return value === undefined
        ? []
        : [
            [name, value],
            [camelName, value],
          ];
    },
  );
  return Object.fromEntries(entries);
};

/** A virtual key in the words of the files. */
export const virtualKeySpec = (item: JsonObject): JsonObject => ({
  ...fieldsOf(item, FIELDS),
  ...settingsOf(item),
  provider: item.ai_provider_name,
});

export const virtualKeys: KindAdapter = {
  list: async (api, place) =>
    (await api.list('/virtual-keys', workspaceOf(place))).filter(isActive).map(listedOf('slug')),
  spec: async (_api, { item }) => virtualKeySpec(item),
  create: async (api, place, name, spec) =>
    madeOf(await api.send('POST', '/virtual-keys', { ...spec, name, ...workspaceOf(place) }), 'slug'),
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/virtual-keys/${current.slug}`, fields);
  },
  remove: async (api, { slug }) => {
    await api.send('DELETE', path`/virtual-keys/${slug}`);
  },
};
