import { requestOf } from '../chat/requested.ts';
import { textInputs } from '../embeddings/input.ts';
import { applyParams } from '../params.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject, numberAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, EndpointAdapter, HeaderMap } from '../spec/provider.ts';
import { embedParams } from './params.ts';
import { sameOr } from './same.ts';
import { usageOf } from './usage.ts';

const toUpstream: EndpointAdapter['toUpstream'] = (body) => {
  const texts = textInputs(body);
  const { draft, notices } = applyParams(embedParams, body, 'drop');
  draft.set('input', isArray(body.input) ? body.input : texts);
  return { path: '/embeddings', body: sameOr(body, draft.body), notices };
};

/** @throws InvalidUpstreamResponse without a list of embeddings */
const fromUpstream = (answer: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
  const { data } = answer;
  if (!isArray(data) || !data.every((item: Json) => isObject(item) && item.embedding !== undefined)) {
    throw new InvalidUpstreamResponse(JSON.stringify(answer).slice(0, 500));
  }
  const usage = usageOf(answer);
  const body = {
    object: 'list',
    model: stringAt(answer, 'model') ?? stringAt(requestOf(ctx), 'model') ?? '',
    provider: ctx.provider,
    data: data.filter(isObject).map((item, at) => ({
      object: 'embedding',
      index: numberAt(item, 'index') ?? at,
      embedding: item.embedding,
    })),
    ...(usage === undefined ? {} : { usage: { prompt_tokens: usage.promptTokens, total_tokens: usage.totalTokens } }),
  };
  return usage === undefined ? { body } : { body, usage };
};

export const mistralEmbed: EndpointAdapter = { toUpstream, fromUpstream };
