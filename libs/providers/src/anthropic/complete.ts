import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { requestOf } from '../chat/requested.ts';
import { applyParams, clamp, drop, handled, keep, params, to } from '../params.ts';
import { InvalidUpstreamResponse, UnsupportedValue } from '../spec/errors.ts';
import { isArray, type Json, type JsonObject, numberAt, stringAt } from '../spec/json.ts';
import type { CallContext, EndpointAdapter, StreamDecoder, StreamItem } from '../spec/provider.ts';
import { bodyBetas, requestHeaders } from './auth.ts';
import { errorIn, statusOf, unreadable } from './errors.ts';
import { noFindings } from './findings.ts';
import { given } from './given.ts';
import { stopSequences } from './params.ts';
import { userMetadata } from './user.ts';

/** The older API demands a limit; this is the most that its models write. */
const DEFAULT_MAX_TOKENS = 4096;

const none = drop('not offered by this provider');

const completeParams = params({
  model: keep(),
  prompt: to('prompt', (prompt) => asDialogue(promptText(prompt))),
  max_tokens: to('max_tokens_to_sample', undefined, { whenAbsent: DEFAULT_MAX_TOKENS }),
  temperature: clamp(0, 1),
  top_p: keep(),
  top_k: keep(),
  stop: to('stop_sequences', stopSequences),
  stream: keep(),
  stream_options: handled(),
  user: handled(),
  safety_identifier: handled(),
  n: handled(),
  best_of: handled(),
  echo: none,
  suffix: none,
  logprobs: none,
  logit_bias: none,
  seed: none,
  presence_penalty: none,
  frequency_penalty: none,
  anthropic_beta: handled(),
  anthropic_version: handled(),
});

/** A prompt has to be written as a dialogue; one that already is stays as it is. */
const asDialogue = (prompt: string): string =>
  prompt.includes('\n\nHuman:') && prompt.includes('\n\nAssistant:') ? prompt : `\n\nHuman: ${prompt}\n\nAssistant:`;

const promptText = (prompt: Json): string => {
  const only = isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof only === 'string') return only;
  throw new UnsupportedValue('the prompt must be one text', 'prompt');
};

const refuseSeveral = (body: JsonObject, name: 'n' | 'best_of'): void => {
  if ((numberAt(body, name) ?? 1) > 1) throw new UnsupportedValue('only one choice can be asked for', name);
};

/** Text completions by way of the provider's own older API, which its current models no longer serve. */
export const complete: EndpointAdapter = {
  toUpstream(caller, ctx) {
    const body = given(caller);
    refuseSeveral(body, 'n');
    refuseSeveral(body, 'best_of');
    const findings = noFindings();
    const { draft, notices } = applyParams(completeParams, body, 'drop');
    return {
      path: '/complete',
      headers: requestHeaders(ctx.options, bodyBetas(body), stringAt(body, 'anthropic_version')),
      body: { ...draft.body, ...userMetadata(body, findings) },
      notices: [...notices, ...findings.notices],
    };
  },
  fromUpstream(body, _headers, ctx) {
    const text = stringAt(body, 'completion');
    if (text === undefined) throw new InvalidUpstreamResponse(unreadable(ctx.provider, body));
    const finish = finishOf(stringAt(body, 'stop_reason'), ctx.strict) ?? 'stop';
    // This API never tells what it consumed.
    return { body: { ...headOf(body, ctx), choices: [choice(text, finish)] } };
  },
  stream: { framing: 'sse', decoder: (ctx) => completeDecoder(ctx) },
};

const headOf = (from: JsonObject, ctx: CallContext): JsonObject => ({
  id: stringAt(from, 'id') ?? stringAt(from, 'log_id') ?? ctx.newId('cmpl-'),
  object: 'text_completion',
  created: ctx.now(),
  model: stringAt(from, 'model') ?? stringAt(requestOf(ctx), 'model') ?? '',
  provider: ctx.provider,
});

const choice = (text: string, finish: string | null): JsonObject => ({
  text,
  index: 0,
  logprobs: null,
  finish_reason: finish,
});

const finishOf = (stopReason: string | undefined, strict: boolean): string | undefined => {
  if (stopReason === undefined || !strict) return stopReason;
  return stopReason === 'max_tokens' ? 'length' : 'stop';
};

/** Pieces of text until one names the reason to stop: that is the end. */
const completeDecoder = (ctx: CallContext): StreamDecoder => {
  let head: JsonObject | undefined;
  let isOver = false;

  const piece = (event: JsonObject): readonly StreamItem[] | undefined => {
    const text = stringAt(event, 'completion');
    if (text === undefined) return undefined;
    head ??= headOf(event, ctx);
    const finish = finishOf(stringAt(event, 'stop_reason'), ctx.strict);
    const chunks = [
      ...(text === '' ? [] : [choice(text, null)]),
      ...(finish === undefined ? [] : [choice('', finish)]),
    ];
    isOver = finish !== undefined;
    const items = chunks.map((one): StreamItem => ({ type: 'chunk', chunk: { ...head, choices: [one] } }));
    return isOver ? [...items, { type: 'end' }] : items;
  };
  const failure = (event: JsonObject): readonly StreamItem[] | undefined => {
    const error = errorIn(event);
    isOver = true;
    return error === undefined ? undefined : [{ type: 'error', status: statusOf(error.type), error }];
  };

  return {
    onEvent({ event: name, data }) {
      if (isOver) return [];
      const event = parseEventObject(data);
      if (event?.type === 'ping' || (name === 'ping' && event !== undefined)) return [];
      const items = event === undefined ? undefined : event.error === undefined ? piece(event) : failure(event);
      if (items !== undefined) return items;
      isOver = true;
      return [malformedEvent(data)];
    },
    onClose: () => [],
  };
};
