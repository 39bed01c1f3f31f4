import { textOf } from '../chat/text-parts.ts';
import { mapShared } from '../openai/body-edit.ts';
import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import { mistralContent } from './content.ts';
import { sameOr } from './same.ts';
import { mistralToolId } from './tool-id.ts';

type Note = (notice: Notice) => void;

/** Messages in Mistral's terms; the very same list when it is already in them. */
export const mistralMessages = (messages: readonly Json[], note: Note): readonly Json[] => {
  const callNames = new Map<string, string>();
  return mapShared(messages, (message, at) => {
    if (!isObject(message)) return message;
    const path = `messages[${at}]`;
    const mapped = messageOf(message, path, at === messages.length - 1, callNames, note);
    return sameOr(message, mapped);
  });
};

const messageOf = (
  message: JsonObject,
  path: string,
  isLast: boolean,
  callNames: Map<string, string>,
  note: Note,
): JsonObject => {
  if (message.role === 'assistant') return assistantMessage(message, path, isLast, callNames, note);
  const content = mistralContent(message.content, path, note);
  if (message.role === 'tool') {
    const id = stringAt(message, 'tool_call_id');
    const name = stringAt(message, 'name') ?? (id === undefined ? undefined : callNames.get(id));
    return {
      role: 'tool',
      ...(id === undefined ? {} : { tool_call_id: mistralToolId(id) }),
      ...(name === undefined ? {} : { name }),
      content,
    };
  }
  if (message.name !== undefined) {
    note({ kind: 'dropped', param: `${path}.name`, reason: 'participants have no names here' });
  }
  return { role: message.role === 'developer' ? 'system' : message.role, content };
};

const assistantMessage = (
  message: JsonObject,
  path: string,
  isLast: boolean,
  callNames: Map<string, string>,
  note: Note,
): JsonObject => {
  const calls = isArray(message.tool_calls) ? message.tool_calls : [];
  const mapped = mapShared(calls, (call) => (isObject(call) ? callOf(call, callNames) : call));
  const isPrefix = message.prefix === true || (isLast && calls.length === 0);
  return {
    role: 'assistant',
    content: assistantContent(message, path, note),
    ...(calls.length === 0 ? {} : { tool_calls: mapped }),
    ...(isPrefix ? { prefix: true } : {}),
  };
};

const assistantContent = (message: JsonObject, path: string, note: Note): Json => {
  const { content, content_blocks: blocks } = message;
  const inContent = isArray(content) ? content.filter(isThought) : [];
  const thoughts = [...(isArray(blocks) ? blocks.filter(isThought) : []), ...inContent].flatMap(thoughtChunk);
  const rest = isArray(content) && inContent.length > 0 ? content.filter((part) => !isThought(part)) : content;
  if (thoughts.length === 0) return mistralContent(rest, path, note) ?? '';
  const mapped = mistralContent(rest, path, note);
  const text = textOf(rest);
  return [...thoughts, ...(isArray(mapped) ? mapped : text === '' ? [] : [{ type: 'text', text }])];
};

const isThought = (part: Json): boolean =>
  isObject(part) && (part.type === 'thinking' || part.type === 'redacted_thinking');

/** A thought as the closed chunk that Mistral replays; what is encrypted by another provider says nothing here. */
const thoughtChunk = (block: Json): readonly JsonObject[] => {
  if (!isObject(block)) return [];
  if (isArray(block.thinking)) return [block];
  const text = stringAt(block, 'thinking');
  if (text === undefined || text === '') return [];
  const signature = stringAt(block, 'signature');
  const thinking = [{ type: 'text', text }];
  return [{ type: 'thinking', thinking, ...(signature === undefined ? {} : { signature }), closed: true }];
};

const callOf = (call: JsonObject, callNames: Map<string, string>): JsonObject => {
  const id = stringAt(call, 'id') ?? '';
  const custom = objectAt(call, 'custom');
  const given = objectAt(call, 'function') ?? {};
  const name = stringAt(custom ?? given, 'name') ?? '';
  callNames.set(id, name);
  const text = custom === undefined ? argumentsText(given.arguments) : JSON.stringify({ input: custom.input });
  return sameOr(call, {
    id: mistralToolId(id),
    type: 'function',
    function: sameOr(given, { name, arguments: text }),
  });
};

const argumentsText = (value: Json | undefined): string => {
  if (typeof value === 'string') return value === '' ? '{}' : value;
  return JSON.stringify(value ?? {});
};
