import { countTokens, type JsonObject, numberAt, sseFrame, stringAt, unitVector } from '@portolan/rehearsal';
import type { Ask, Sent } from '../dialect.ts';
import { CREATED_S } from '../openai/chat.ts';
import { inputsOf } from '../openai/embeddings.ts';
import type { Said } from '../say.ts';

const usageOf = ({ usage }: Said) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
  ...(usage.cacheReadTokens > 0 ? { num_cached_tokens: usage.cacheReadTokens } : {}),
});

const FINISH: Readonly<Record<Said['finish'], string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'error',
};

const toolCalls = (said: Said) =>
  said.toolCalls.map((call, index) => ({
    id: `${said.mark.slice(0, 8)}${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    index,
  }));

const thought = (said: Said) => ({ type: 'thinking', thinking: [{ type: 'text', text: said.thinking }] });

const frame = (said: Said, object: string, choice: object, usage: boolean) => ({
  id: said.mark,
  object,
  created: CREATED_S,
  model: said.model,
  choices: [{ index: 0, ...choice }],
  ...(usage ? { usage: usageOf(said) } : {}),
});

/** A chat answer, plain or as a stream whose last chunk always carries the usage. */
export const answerChat = (said: Said, ask: Ask): Sent =>
  ask.stream ? { events: events(said) } : { body: completion(said) };

const completion = (said: Said) => {
  const text = said.pieces.join('');
  const content = said.thinking === '' ? text : [thought(said), { type: 'text', text }];
  const calls = said.toolCalls.length === 0 ? { tool_calls: null } : { tool_calls: toolCalls(said) };
  const message = { role: 'assistant', content, ...calls };
  return frame(said, 'chat.completion', { message, finish_reason: FINISH[said.finish] }, true);
};

const events = (said: Said): Uint8Array[] => {
  const chunk = (delta: object, finish: string | null = null) =>
    sseFrame(frame(said, 'chat.completion.chunk', { delta, finish_reason: finish }, finish !== null));
  const last = said.toolCalls.length === 0 ? { content: '' } : { content: '', tool_calls: toolCalls(said) };
  return [
    chunk({ role: 'assistant', content: '' }),
    ...(said.thinking === '' ? [] : [chunk({ content: [thought(said)] })]),
    ...said.pieces.map((content) => chunk({ content })),
    // Tool calls come whole, together with the finish reason.
    chunk(last, FINISH[said.finish]),
    sseFrame('[DONE]'),
  ];
};

export const replyEmbeddings = (body: JsonObject): Sent => {
  const inputs = inputsOf(body);
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    body: {
      id: 'emb-stand-in',
      object: 'list',
      model: stringAt(body, 'model'),
      data: inputs.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: unitVector(text, numberAt(body, 'output_dimension') ?? 1024),
      })),
      usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
    },
  };
};
