import type { Behaviour } from './behaviour.ts';
import { chatReply, completionReply } from './chat.ts';
import { CREATED_S, chatChunks, chatCompletion, textChunks, textCompletion } from './chat-wire.ts';
import type { Content } from './conduct.ts';
import { embeddingList, inputsOf } from './embeddings.ts';
import { isArray, isObject, type JsonObject, objectAt } from './json.ts';
import { REHEARSAL_MODELS } from './models.ts';

/** A request we cannot answer: the parameter that is wrong and why. */
export interface Refusal {
  readonly param: string;
  readonly message: string;
}

export type Endpoint = (request: JsonObject, model: string, behaviour: Behaviour) => Content | Refusal;

const includesUsage = (request: JsonObject): boolean => objectAt(request, 'stream_options')?.include_usage === true;

const chat: Endpoint = (request, model, behaviour) => {
  const { messages } = request;
  if (!isArray(messages) || messages.length === 0 || !messages.every(isObject)) {
    return { param: 'messages', message: 'messages must be a list of at least one message.' };
  }
  const reply = chatReply(request, model, behaviour.chunks);
  return request.stream === true
    ? { chunks: chatChunks(reply, includesUsage(request)) }
    : { body: chatCompletion(reply) };
};

const completions: Endpoint = (request, model, behaviour) => {
  const prompts = inputsOf(request.prompt);
  if (prompts === undefined) return { param: 'prompt', message: 'prompt must be text, a list of texts, or tokens.' };
  const reply = completionReply(request, prompts.join('\n'), model, behaviour.chunks);
  return request.stream === true
    ? { chunks: textChunks(reply, includesUsage(request)) }
    : { body: textCompletion(reply) };
};

const embeddings: Endpoint = (request, model) => {
  const inputs = inputsOf(request.input);
  if (inputs === undefined) return { param: 'input', message: 'input must be text, a list of texts, or tokens.' };
  const body = embeddingList(request, model, inputs);
  return body === undefined
    ? { param: 'dimensions', message: 'dimensions must be a whole number from 1 to 8192.' }
    : { body };
};

export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['/v1/chat/completions', chat],
  ['/v1/completions', completions],
  ['/v1/embeddings', embeddings],
]);

export const modelList = () => ({
  object: 'list',
  data: REHEARSAL_MODELS.map(({ id, description }) => ({
    id,
    object: 'model',
    created: CREATED_S,
    owned_by: 'portolan',
    description,
  })),
});
