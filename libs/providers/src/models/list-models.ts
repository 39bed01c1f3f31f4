import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { isArray, isObject, type JsonObject, stringAt } from '../spec/json.ts';
import type { EndpointAdapter } from '../spec/provider.ts';

/** How one provider lists its models. */
interface ModelList {
  /** Path with query. */
  readonly path: string;
  /** The field that holds the list. */
  readonly field: 'data' | 'models';
  /** The part of one entry that callers send as `model`; undefined leaves the entry out. */
  idOf(entry: JsonObject): string | undefined;
}

/** A provider's list of models in OpenAI's form: `id` is what callers send, whatever else was said stays. */
export const listModels = ({ path, field, idOf }: ModelList): EndpointAdapter => ({
  toUpstream: (body) => ({ method: 'GET', path, body, notices: [] }),
  fromUpstream(body, _headers, ctx) {
    const list = body[field];
    if (!isArray(list)) throw new InvalidUpstreamResponse(`no list '${field}'`);
    const data = list.filter(isObject).flatMap((entry) => {
      const id = idOf(entry);
      return id === undefined ? [] : [{ ...entry, id, object: 'model' }];
    });
    return { body: { object: 'list', data, provider: ctx.provider } };
  },
});

const byId = (entry: JsonObject): string | undefined => stringAt(entry, 'id');

/** Most providers list as OpenAI does. */
export const openAiModels = listModels({ path: '/models', field: 'data', idOf: byId });

/** @source Anthropic's Models API: pages of at most 1000 */
export const anthropicModels = listModels({ path: '/models?limit=1000', field: 'data', idOf: byId });

/** @source the Gemini API's models.list: names carry the prefix `models/` */
export const googleModels = listModels({
  path: '/models?pageSize=1000',
  field: 'models',
  idOf: (entry) => stringAt(entry, 'name')?.replace(/^models\//, ''),
});
