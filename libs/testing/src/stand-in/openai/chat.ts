import { type JsonObject, numberAt, objectAt, sseFrame } from '@portolan/rehearsal';
import type { Ask, Sent } from '../dialect.ts';
import type { Said } from '../say.ts';

export const CREATED_S = 1_767_225_600;

export const usageOf = ({ usage }: Said) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
  prompt_tokens_details: { cached_tokens: usage.cacheReadTokens, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});

export const headersOf = (said: Said) => ({
  'x-request-id': `req_${said.mark}`,
  'openai-version': '2020-10-01',
  'openai-processing-ms': '5',
  'x-ratelimit-remaining-requests': '9999',
});

const callId = (said: Said, at: number): string => `call_${said.mark.slice(0, 20)}${at}`;

const choiceCount = (body: JsonObject): number => numberAt(body, 'n') ?? 1;

/** A chat answer, plain or as a stream. */
export const answerChat = (said: Said, ask: Ask, body: JsonObject): Sent => {
  const includeUsage = objectAt(body, 'stream_options')?.include_usage === true;
  return ask.stream
    ? { events: events(said, includeUsage, choiceCount(body)), headers: headersOf(said) }
    : { body: completion(said, choiceCount(body)), headers: headersOf(said) };
};

const completion = (said: Said, choices: number) => ({
  id: `chatcmpl-${said.mark}`,
  object: 'chat.completion',
  created: CREATED_S,
  model: said.model,
  choices: Array.from({ length: choices }, (_, index) => ({
    index,
    message: {
      role: 'assistant',
      content: said.pieces.length === 0 && said.toolCalls.length > 0 ? null : said.pieces.join(''),
      ...(said.toolCalls.length === 0
        ? {}
        : {
            tool_calls: said.toolCalls.map((call, at) => ({
              id: callId(said, at),
              type: 'function',
              function: { name: call.name, arguments: JSON.stringify(call.arguments) },
            })),
          }),
      refusal: null,
      annotations: [],
    },
    logprobs: null,
    finish_reason: said.finish,
  })),
  usage: usageOf(said),
  service_tier: 'default',
  system_fingerprint: 'fp_stand_in',
});

const events = (said: Said, includeUsage: boolean, choices: number): Uint8Array[] => {
  const chunk = (list: readonly object[], usage: object | null = null) =>
    sseFrame({
      id: `chatcmpl-${said.mark}`,
      object: 'chat.completion.chunk',
      created: CREATED_S,
      model: said.model,
      service_tier: 'default',
      system_fingerprint: 'fp_stand_in',
      choices: list,
      ...(includeUsage ? { usage } : {}),
    });
  const choice = (index: number, delta: object, finish: string | null = null) =>
    chunk([{ index, delta, logprobs: null, finish_reason: finish }]);
  return [
    ...Array.from({ length: choices }, (_, index) => [
      choice(index, { role: 'assistant', content: said.toolCalls.length > 0 ? null : '', refusal: null }),
      ...said.pieces.map((content) => choice(index, { content })),
      ...said.toolCalls.flatMap((call, at) => toolDeltas(said, call, at).map((delta) => choice(index, delta))),
      choice(index, {}, said.finish),
    ]).flat(),
    ...(includeUsage ? [chunk([], usageOf(said))] : []),
    sseFrame('[DONE]'),
  ];
};

const toolDeltas = (said: Said, call: Said['toolCalls'][number], index: number): readonly object[] => {
  const text = JSON.stringify(call.arguments);
  const half = Math.max(1, text.length >> 1);
  return [
    {
      tool_calls: [{ index, id: callId(said, index), type: 'function', function: { name: call.name, arguments: '' } }],
    },
    ...[text.slice(0, half), text.slice(half)].map((piece) => ({
      tool_calls: [{ index, function: { arguments: piece } }],
    })),
  ];
};
