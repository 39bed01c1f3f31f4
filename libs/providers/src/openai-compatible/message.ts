import { mapShared } from '../openai/body-edit.ts';
import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';

/**
 * What providers get wrong in a message, or in the delta of one: reasoning under another name, tool calls without a
 * type, arguments as an object instead of its text, an empty list of calls.
 * @returns the same object when nothing was wrong
 */
export const fixedMessage = (message: JsonObject): JsonObject => {
  const { reasoning, tool_calls: calls } = message;
  const lacksReasoning =
    typeof reasoning === 'string' && (message.reasoning_content === undefined || message.reasoning_content === null);
  const fixedCalls = isArray(calls) && calls.length > 0 ? mapShared(calls, fixedCall) : undefined;
  if (!lacksReasoning && fixedCalls === (calls ?? undefined)) return message;
  const { tool_calls: _calls, ...rest } = message;
  return {
    ...rest,
    ...(lacksReasoning ? { reasoning_content: reasoning } : {}),
    ...(fixedCalls === undefined ? {} : { tool_calls: fixedCalls }),
  };
};

const fixedCall = (call: Json): Json => {
  if (!isObject(call)) return call;
  // A later fragment of a streamed call has neither id nor type, and needs none.
  const lacksType = call.type === undefined && call.id !== undefined;
  const part = call.function;
  const wrongArguments = isObject(part) && part.arguments !== undefined && typeof part.arguments !== 'string';
  if (!lacksType && !wrongArguments) return call;
  return {
    ...call,
    ...(lacksType ? { type: 'function' } : {}),
    ...(wrongArguments ? { function: { ...part, arguments: argumentsText(part.arguments) } } : {}),
  };
};

const argumentsText = (value: Json | undefined): string =>
  value === null || value === undefined ? '' : JSON.stringify(value);

/** True when a message or a delta calls tools. */
export const callsTools = ({ tool_calls: calls }: JsonObject): boolean => isArray(calls) && calls.length > 0;
