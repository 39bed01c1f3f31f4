import { requestOf } from '../chat/requested.ts';
import { base64Vector } from '../embeddings/base64-vector.ts';
import { textInputs } from '../embeddings/input.ts';
import { applyParams, drop, handled, params, to } from '../params.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, EndpointAdapter, HeaderMap } from '../spec/provider.ts';
import { modelOf, modelSegment } from './model.ts';

const embedParams = params({
  model: handled(),
  input: handled(),
  encoding_format: handled(),
  dimensions: to('outputDimensionality'),
  task_type: to('taskType'),
  title: to('title'),
  user: drop('not offered by the Gemini API'),
});

/** One text goes to `embedContent`, several to `batchEmbedContents`: a vector each, never one for all. */
const toUpstream: EndpointAdapter['toUpstream'] = (body) => {
  const texts = textInputs(body);
  const model = modelOf(body);
  const { draft, notices } = applyParams(embedParams, body, 'drop');
  const requests = texts.map((text) => ({
    model: `models/${model.id}`,
    content: { parts: [{ text }] },
    ...draft.body,
  }));
  const [only] = requests;
  return requests.length === 1 && only !== undefined
    ? { path: `/models/${modelSegment(model)}:embedContent`, body: only, notices }
    : { path: `/models/${modelSegment(model)}:batchEmbedContents`, body: { requests }, notices };
};

/** @throws InvalidUpstreamResponse without vectors */
const fromUpstream = (answer: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
  const embeddings = answer.embedding === undefined ? answer.embeddings : [answer.embedding];
  const vectors = isArray(embeddings) ? embeddings.map(vectorOf) : [];
  if (vectors.length === 0 || vectors.some((vector) => vector === undefined)) {
    throw new InvalidUpstreamResponse(JSON.stringify(answer).slice(0, 500));
  }
  const request = requestOf(ctx);
  const encode = request.encoding_format === 'base64' ? base64Vector : (values: readonly Json[]): Json => values;
  const reported = numberAt(objectAt(answer, 'usageMetadata'), 'promptTokenCount');
  const tokens = reported ?? estimatedTokens(request);
  const body = {
    object: 'list',
    model: stringAt(request, 'model') ?? '',
    provider: ctx.provider,
    data: vectors.map((values, index) => ({ object: 'embedding', index, embedding: encode(values ?? []) })),
    ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
  return reported === undefined
    ? { body }
    : { body, usage: { promptTokens: reported, completionTokens: 0, totalTokens: reported } };
};

const vectorOf = (embedding: Json): readonly Json[] | undefined =>
  isObject(embedding) && isArray(embedding.values) ? embedding.values : undefined;

const CHARS_PER_TOKEN = 4;

/** The API reports no usage here, yet clients read it: a rough count, for their eyes only and never for metering. */
const estimatedTokens = (request: JsonObject): number | undefined => {
  const inputs = isArray(request.input) ? request.input : [request.input];
  const chars = inputs.reduce<number>((sum, input) => sum + (typeof input === 'string' ? input.length : 0), 0);
  return chars === 0 ? undefined : Math.ceil(chars / CHARS_PER_TOKEN);
};

export const geminiEmbed: EndpointAdapter = { toUpstream, fromUpstream };
