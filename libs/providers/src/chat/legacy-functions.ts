import { isAbsent } from '../params.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';

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
