import { type BodyEdit, mapShared } from '../openai/body-edit.ts';
import { isArray, isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { CompatibleProvider } from './descriptor.ts';

/** Fits roles, names and reasoning of a history to what the provider takes. */
export const fitMessages = (edit: BodyEdit, descriptor: CompatibleProvider): void => {
  const messages = edit.get('messages');
  if (!isArray(messages)) return;
  const turnStart = messages.findLastIndex((message) => isObject(message) && message.role === 'user');
  const fitted = mapShared(messages, (message, index) =>
    isObject(message) ? fittedMessage(message, descriptor, index > turnStart) : message,
  );
  if (fitted === messages) return;
  edit.set('messages', fitted);
  if (descriptor.refusesMessageName && messages.some((message) => isObject(message) && message.name !== undefined)) {
    edit.note({ kind: 'dropped', param: 'messages.name', reason: `${descriptor.id} refuses it` });
  }
};

const fittedMessage = (message: JsonObject, descriptor: CompatibleProvider, isCurrentTurn: boolean): Json => {
  const isDeveloper = message.role === 'developer' && descriptor.system !== 'as-is';
  const losesName = descriptor.refusesMessageName === true && message.name !== undefined;
  const reasoning = message.reasoning_content;
  const history = reasoning === undefined ? 'keep' : (descriptor.reasoningHistory ?? 'keep');
  const keepsReasoning = history === 'keep' || (history === 'current-turn' && isCurrentTurn);
  if (!isDeveloper && !losesName && keepsReasoning) return message;
  const { role, name, reasoning_content: _reasoning, ...rest } = message;
  return {
    role: isDeveloper ? 'system' : role,
    ...(losesName || name === undefined ? {} : { name }),
    ...rest,
    ...(keepsReasoning && reasoning !== undefined ? { reasoning_content: reasoning } : {}),
    ...(history === 'as-reasoning' ? { reasoning } : {}),
  };
};
