import { isArray, isObject, type JsonObject, stringAt } from './json.ts';

/** The text of a message: its string, or its text parts joined. */
export const textOf = (message: JsonObject | undefined): string => {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!isArray(content)) return '';
  return content.map((part) => (isObject(part) ? (stringAt(part, 'text') ?? '') : '')).join('');
};

export const lastOf = (messages: readonly JsonObject[], role: string): JsonObject | undefined =>
  messages.findLast((message) => message.role === role);
