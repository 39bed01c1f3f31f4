import { isAbsent } from '../params.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { EndpointAdapter, StreamDecoder, StreamItem } from '../spec/provider.ts';
import { requestOf } from './requested.ts';

/** True when the caller speaks the older `functions` dialect and must be answered in it. */
export const speaksFunctions = (body: JsonObject): boolean => isArray(body.functions) || !isAbsent(body.function_call);

/**
 * The older `functions` dialect as tools: definitions, choice, assistant calls and results.
 * A call has no id there, so the function's name stands for it, in call and result alike.
 * @returns the same object when nothing had to change
 */
export const withTools = (body: JsonObject): JsonObject => {
  const messages = isArray(body.messages) ? body.messages : [];
  if (!speaksFunctions(body) && !messages.some(isLegacyMessage)) return body;
  const { functions: _functions, function_call: _choice, ...rest } = body;
  const tools = isArray(body.functions) ? body.functions.map(toTool) : [];
  return {
    ...rest,
    ...(isArray(body.messages) ? { messages: messages.map(toModernMessage) } : {}),
    ...(tools.length === 0 || !isAbsent(body.tools) ? {} : { tools }),
    ...(isAbsent(body.function_call) || !isAbsent(body.tool_choice)
      ? {}
      : { tool_choice: toToolChoice(body.function_call) }),
  };
};

/**
 * A chat endpoint that also serves callers of the older dialect: they are understood, and answered in it.
 * Answering needs the caller's body in the context; without it they get `tool_calls`.
 */
export const withLegacyFunctions = (endpoint: EndpointAdapter): EndpointAdapter => {
  const { stream } = endpoint;
  return {
    toUpstream: (body, ctx) => endpoint.toUpstream(withTools(body), ctx),
    fromUpstream: (body, headers, ctx) => {
      const answer = endpoint.fromUpstream(body, headers, ctx);
      return speaksFunctions(requestOf(ctx)) ? { ...answer, body: asFunctionCallAnswer(answer.body) } : answer;
    },
    ...(stream === undefined
      ? {}
      : {
          stream: {
            framing: stream.framing,
            decoder: (ctx) =>
              speaksFunctions(requestOf(ctx)) ? legacyDecoder(stream.decoder(ctx)) : stream.decoder(ctx),
          },
        }),
  };
};

const legacyDecoder = (decoder: StreamDecoder): StreamDecoder => ({
  onEvent: (event) => decoder.onEvent(event).map(legacyItem),
  onClose: () => decoder.onClose().map(legacyItem),
});

const legacyItem = (item: StreamItem): StreamItem =>
  item.type === 'chunk' ? { type: 'chunk', chunk: asFunctionCallChunk(item.chunk) } : item;

/** A plain answer rewritten for a caller of the older dialect: the first call of each choice, as `function_call`. */
export const asFunctionCallAnswer = (answer: JsonObject): JsonObject => ({
  ...answer,
  choices: arrayAt(answer, 'choices').map((choice) => (isObject(choice) ? legacyChoice(choice, 'message') : choice)),
});

/** The same for a chunk of a stream. Fragments of calls other than the first are left out. */
export const asFunctionCallChunk = (chunk: JsonObject): JsonObject => ({
  ...chunk,
  choices: arrayAt(chunk, 'choices').map((choice) => (isObject(choice) ? legacyChoice(choice, 'delta') : choice)),
});

const toTool = (definition: Json): Json => ({ type: 'function', function: definition });

const toToolChoice = (choice: Json | undefined): Json | undefined =>
  isObject(choice) ? { type: 'function', function: { name: choice.name } } : choice;

const isLegacyMessage = (message: Json): boolean =>
  isObject(message) && (message.role === 'function' || isObject(message.function_call));

const toModernMessage = (message: Json): Json => {
  if (!isObject(message)) return message;
  if (message.role === 'function') return { ...message, role: 'tool', tool_call_id: message.name };
  const call = objectAt(message, 'function_call');
  if (call === undefined) return message;
  const { function_call: _call, ...rest } = message;
  return isArray(rest.tool_calls)
    ? rest
    : { ...rest, tool_calls: [{ id: stringAt(call, 'name') ?? '', type: 'function', function: call }] };
};

const legacyChoice = (choice: JsonObject, part: 'message' | 'delta'): JsonObject => {
  const { tool_calls: calls, ...rest } = objectAt(choice, part) ?? {};
  const first = isArray(calls) ? calls.find((call) => isObject(call) && (call.index ?? 0) === 0) : undefined;
  const call = isObject(first) ? objectAt(first, 'function') : undefined;
  return {
    ...choice,
    [part]: call === undefined ? rest : { ...rest, function_call: { name: call.name, arguments: call.arguments } },
    finish_reason: choice.finish_reason === 'tool_calls' ? 'function_call' : choice.finish_reason,
  };
};
