import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from '@portolan/rehearsal';
import type { Ask, Tool } from '../dialect.ts';

/** The text of a content that is a string or a list of parts. */
export const textOf = (content: JsonObject[string]): string => {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) ? (stringAt(part, 'text') ?? '') : '')).join('');
};

const toolsOf = (body: JsonObject): readonly Tool[] =>
  objectsAt(body, 'tools').flatMap((tool) => {
    const definition = objectAt(tool, 'function');
    const name = stringAt(definition, 'name');
    return name === undefined ? [] : [{ name, schema: objectAt(definition, 'parameters') }];
  });

const choiceOf = (body: JsonObject): Ask['toolChoice'] => {
  const choice = body.tool_choice;
  if (choice === 'none') return 'none';
  if (choice === 'required' || choice === 'any') return 'required';
  const name = stringAt(objectAt(objectAt(body, 'tool_choice'), 'function'), 'name');
  return name === undefined ? 'auto' : { name };
};

const schemaOf = (body: JsonObject): JsonObject | undefined => {
  const format = objectAt(body, 'response_format');
  if (format?.type === 'json_object') return {};
  return format?.type === 'json_schema' ? (objectAt(objectAt(format, 'json_schema'), 'schema') ?? {}) : undefined;
};

/** A chat request as OpenAI and those that follow it write it. */
export const chatAsk = (body: JsonObject): Ask => {
  const messages = objectsAt(body, 'messages');
  const last = messages.at(-1);
  return {
    model: stringAt(body, 'model') ?? '',
    stream: body.stream === true,
    promptText: messages.map((message) => textOf(message.content)).join(' '),
    userText: textOf(messages.findLast((message) => message.role === 'user')?.content),
    toolResult: last?.role === 'tool' ? textOf(last.content) : undefined,
    tools: toolsOf(body),
    toolChoice: choiceOf(body),
    maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
    jsonSchema: schemaOf(body),
  };
};
