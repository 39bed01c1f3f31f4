import { cacheMarkerNotices } from '../chat/cache-markers.ts';
import { withOneTokenLimit } from '../chat/max-tokens.ts';
import { applyParams, type Draft, isAbsent } from '../params.ts';
import { isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { CallContext, Media, Notice, UpstreamRequest } from '../spec/provider.ts';
import { camelKeys } from './camel-keys.ts';
import { contentsOf } from './contents.ts';
import type { GeminiDialect } from './dialect.ts';
import { downloadsOf } from './media.ts';
import { type GeminiModel, modelOf } from './model.ts';
import { toGeminiSchema } from './schema.ts';
import { thinkingConfigOf } from './thinking.ts';
import { toolsOf } from './tools.ts';

const MAX_TOP_LOGPROBS = 20;

/**
 * A chat body as a `generateContent` request. A promise only when media must be downloaded first.
 * @throws UnsupportedValue without a model
 */
export const geminiRequest =
  (dialect: GeminiDialect) =>
  (body: JsonObject, ctx: CallContext): UpstreamRequest | Promise<UpstreamRequest> => {
    const model = modelOf(body);
    const wanted = downloadsOf(body, model, dialect);
    if (wanted.length === 0) return mapRequest(body, ctx, model, dialect, new Map());
    const ready = wanted.map(async ({ url, param }) => [url, await ctx.fetchMedia(url, param)] as const);
    return Promise.all(ready).then((media) => mapRequest(body, ctx, model, dialect, new Map(media)));
  };

const mapRequest = (
  original: JsonObject,
  ctx: CallContext,
  model: GeminiModel,
  dialect: GeminiDialect,
  media: ReadonlyMap<string, Media>,
): UpstreamRequest => {
  const body = withOneTokenLimit(original);
  const { draft, notices } = applyParams(dialect.params, body, 'drop');
  const note = (notice: Notice) => void notices.push(notice);
  const messages = isArray(body.messages) ? body.messages : [];
  const { systemInstruction, contents } = contentsOf(messages, { model, dialect, media, note });
  draft.set('contents', contents);
  if (systemInstruction !== undefined) draft.set('systemInstruction', systemInstruction);
  const { tools, toolConfig } = toolsOf(body, model, dialect, note);
  if (tools.length > 0) draft.set('tools', tools);
  if (toolConfig !== undefined) draft.set('toolConfig', toolConfig);
  setLogprobs(body, draft, note);
  setResponseFormat(body, draft, model, note);
  setVoice(body, draft, note);
  const thinking = thinkingConfigOf(body, model, ctx.strict, note);
  if (thinking !== undefined) draft.set('generationConfig.thinkingConfig', thinking);
  setNativeConfig(body, draft);
  return {
    path: dialect.path(model, body.stream === true),
    body: draft.body,
    notices: [...notices, ...cacheMarkerNotices(body)],
  };
};

type Note = (notice: Notice) => void;

const setLogprobs = (body: JsonObject, draft: Draft, note: Note): void => {
  if (isAbsent(body.top_logprobs)) return;
  const wanted = numberAt(body, 'top_logprobs');
  if (body.logprobs !== true || wanted === undefined) {
    note({ kind: 'dropped', param: 'top_logprobs', reason: 'only together with logprobs' });
    return;
  }
  const count = Math.min(MAX_TOP_LOGPROBS, Math.max(0, wanted));
  if (count !== wanted) {
    note({ kind: 'clamped', param: 'top_logprobs', reason: `allowed range is 0 to ${MAX_TOP_LOGPROBS}` });
  }
  draft.set('generationConfig.logprobs', count);
};

const setResponseFormat = (body: JsonObject, draft: Draft, model: GeminiModel, note: Note): void => {
  const format = objectAt(body, 'response_format');
  if (isAbsent(body.response_format) || format?.type === 'text') return;
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') {
    note({ kind: 'dropped', param: 'response_format', reason: 'known types are text, json_object and json_schema' });
    return;
  }
  draft.set('generationConfig.responseMimeType', 'application/json');
  const schema = objectAt(format, 'json_schema')?.schema;
  if (format.type === 'json_object' || schema === undefined) return;
  const converted = toGeminiSchema(schema, model.isAtLeast(2, 5));
  if (converted === undefined) draft.set('generationConfig.responseJsonSchema', schema);
  else draft.set('generationConfig.responseSchema', converted);
};

const setVoice = (body: JsonObject, draft: Draft, note: Note): void => {
  if (isAbsent(body.audio)) return;
  const voice = stringAt(objectAt(body, 'audio'), 'voice');
  const wantsAudio = isArray(body.modalities) && body.modalities.some(isAudio);
  if (voice === undefined || !wantsAudio) {
    note({ kind: 'dropped', param: 'audio', reason: 'only a voice, and only with the audio modality' });
    return;
  }
  draft.set('generationConfig.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName', voice);
};

const isAudio = (modality: Json): boolean => typeof modality === 'string' && modality.toLowerCase() === 'audio';

/** What callers write in Gemini's own terms comes last and wins; a thinking config is one decision and is not mixed. */
const setNativeConfig = (body: JsonObject, draft: Draft): void => {
  const { generation_config: config, thinking_config: thinking, speech_config: speech } = body;
  const own = {
    ...(isObject(speech) ? { speechConfig: camelKeys(speech) } : {}),
    ...(isObject(thinking) ? { thinkingConfig: camelKeys(thinking) } : {}),
    ...(isObject(config) ? camelKeys(config) : {}),
  };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) draft.set(`generationConfig.${name}`, value);
  }
};
