import type { Reply } from './chat.ts';
import type { ToolCall } from './tool-calls.ts';

/** The same moment in every answer, so that answers can be compared. In unix seconds. */
export const CREATED_S = 1_767_225_600;

const indices = (reply: Reply): readonly number[] => Array.from({ length: reply.choices }, (_, at) => at);

const usageOf = (reply: Reply) => ({
  prompt_tokens: reply.promptTokens,
  completion_tokens: reply.completionTokens,
  total_tokens: reply.promptTokens + reply.completionTokens,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
});

const toolCallBody = (call: ToolCall, input: string) =>
  call.kind === 'custom' ? { custom: { name: call.name, input } } : { function: { name: call.name, arguments: input } };

/** A `chat.completion`. */
export const chatCompletion = (reply: Reply) => ({
  id: reply.id,
  object: 'chat.completion',
  created: CREATED_S,
  model: reply.model,
  choices: indices(reply).map((index) => ({
    index,
    message:
      reply.toolCalls.length > 0
        ? {
            role: 'assistant',
            content: null,
            refusal: null,
            tool_calls: reply.toolCalls.map((call) => ({
              id: call.id,
              type: call.kind,
              ...toolCallBody(call, call.input),
            })),
          }
        : { role: 'assistant', content: reply.pieces.join(''), refusal: null },
    logprobs: null,
    finish_reason: reply.finishReason,
  })),
  usage: usageOf(reply),
});

/** The `chat.completion.chunk` objects of a stream, without the end mark. */
export const chatChunks = (reply: Reply, includeUsage: boolean): readonly object[] => {
  const chunk = (choices: readonly object[], usage: object | null) => ({
    id: reply.id,
    object: 'chat.completion.chunk',
    created: CREATED_S,
    model: reply.model,
    choices,
    ...(includeUsage ? { usage } : {}),
  });
  const chunks = indices(reply).flatMap((index) => [
    ...deltas(reply).map((delta) => chunk([{ index, delta, finish_reason: null }], null)),
    chunk([{ index, delta: {}, finish_reason: reply.finishReason }], null),
  ]);
  return includeUsage ? [...chunks, chunk([], usageOf(reply))] : chunks;
};

const deltas = (reply: Reply): readonly object[] => [
  { role: 'assistant', content: reply.toolCalls.length > 0 ? null : '' },
  ...reply.pieces.map((content) => ({ content })),
  ...reply.toolCalls.flatMap((call, index) => {
    const half = call.input.length >> 1;
    return [
      { tool_calls: [{ index, id: call.id, type: call.kind, ...toolCallBody(call, '') }] },
      ...[call.input.slice(0, half), call.input.slice(half)]
        .filter((piece) => piece !== '')
        .map((piece) => ({
          tool_calls: [
            { index, ...(call.kind === 'custom' ? { custom: { input: piece } } : { function: { arguments: piece } }) },
          ],
        })),
    ];
  }),
];

/** A `text_completion`. */
export const textCompletion = (reply: Reply) => ({
  id: reply.id,
  object: 'text_completion',
  created: CREATED_S,
  model: reply.model,
  choices: indices(reply).map((index) => ({
    text: reply.pieces.join(''),
    index,
    logprobs: null,
    finish_reason: reply.finishReason,
  })),
  usage: usageOf(reply),
});

/** The `text_completion` objects of a stream, without the end mark. */
export const textChunks = (reply: Reply, includeUsage: boolean): readonly object[] => {
  const chunk = (choices: readonly object[], usage: object | null) => ({
    id: reply.id,
    object: 'text_completion',
    created: CREATED_S,
    model: reply.model,
    choices,
    ...(includeUsage ? { usage } : {}),
  });
  const chunks = indices(reply).flatMap((index) => [
    ...reply.pieces.map((text) => chunk([{ text, index, logprobs: null, finish_reason: null }], null)),
    chunk([{ text: '', index, logprobs: null, finish_reason: reply.finishReason }], null),
  ]);
  return includeUsage ? [...chunks, chunk([], usageOf(reply))] : chunks;
};
