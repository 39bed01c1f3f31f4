import { type JsonObject, numberAt, objectAt, sseFrame, stringAt } from '@portolan/rehearsal';
import type { Ask, Sent } from '../dialect.ts';
import type { Said } from '../say.ts';
import { CREATED_S, headersOf, usageOf } from './chat.ts';

const promptOf = (body: JsonObject): string =>
  typeof body.prompt === 'string' ? body.prompt : Array.isArray(body.prompt) ? body.prompt.join(' ') : '';

export const completionAsk = (body: JsonObject): Ask => ({
  model: stringAt(body, 'model') ?? '',
  stream: body.stream === true,
  promptText: promptOf(body),
  userText: promptOf(body),
  tools: [],
  toolChoice: 'none',
  maxTokens: numberAt(body, 'max_tokens'),
});

/** A text completion, plain or as a stream. */
export const answerCompletion = (said: Said, ask: Ask, body: JsonObject): Sent => {
  const includeUsage = objectAt(body, 'stream_options')?.include_usage === true;
  const object = (choices: readonly object[], usage?: object | null) => ({
    id: `cmpl-${said.mark}`,
    object: 'text_completion',
    created: CREATED_S,
    model: said.model,
    choices,
    ...(usage === undefined ? {} : { usage }),
  });
  const choice = (text: string, finish: string | null) => ({ text, index: 0, logprobs: null, finish_reason: finish });
  const headers = headersOf(said);
  if (!ask.stream) return { body: object([choice(said.pieces.join(''), said.finish)], usageOf(said)), headers };
  const earlier = includeUsage ? null : undefined;
  const chunks = [
    ...said.pieces.map((piece) => object([choice(piece, null)], earlier)),
    object([choice('', said.finish)], earlier),
    ...(includeUsage ? [object([], usageOf(said))] : []),
  ];
  return { events: [...chunks.map((chunk) => sseFrame(chunk)), sseFrame('[DONE]')], headers };
};
