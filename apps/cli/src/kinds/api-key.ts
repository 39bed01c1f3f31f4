import { path } from '../http/api.ts';
import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';
import { fieldsOf, isActive, type KindAdapter, listedOf, madeOf, type Place, workspaceOf } from './adapter.ts';

const ORGANISATION_TYPE = 'organisation-service';
const FIELDS = [
  'type',
  'user_id',
  'scopes',
  'description',
  'defaults',
  'usage_limits',
  'rate_limits',
  'alert_emails',
  'expires_at',
  'rotation_policy',
];

/** `workspace-service` as the path that makes such keys. */
export const keyTypePath = (type: string): string => {
  const [place = '', holder = ''] = type.split('-');
  return path`/api-keys/${place}/${holder}`;
};

const keptBecause = ({ id }: JsonObject, { ownKeyId }: Place) =>
  id === ownKeyId ? { keptBecause: 'it is the key that this command uses' } : {};

const adapter = (isHere: (item: JsonObject) => boolean): KindAdapter => ({
  list: async (api, place) =>
    (await api.list('/api-keys', workspaceOf(place)))
      .filter((item) => isActive(item) && isHere(item))
      .map((item) => ({ ...listedOf('id')(item), ...keptBecause(item, place) })),
  spec: async (_api, { item }) => fieldsOf(item, FIELDS),
  create: async (api, place, name, { type, ...spec }) => {
    const body = { ...spec, name, ...workspaceOf(place) };
    const answer = await api.send('POST', keyTypePath(String(type)), body);
    return { ...madeOf(answer, 'id'), secret: textOf(answer, 'key') };
  },
  update: async (api, _, { current, fields }) => {
    await api.send('PUT', path`/api-keys/${current.id}`, fields);
  },
  remove: async (api, { id }) => {
    await api.send('DELETE', path`/api-keys/${id}`);
  },
});

/** Keys of a workspace. */
export const apiKeys = adapter(({ type }) => type !== ORGANISATION_TYPE);

/** Keys of the organisation, which stand in no workspace. */
export const organisationApiKeys = adapter(({ type }) => type === ORGANISATION_TYPE);
