import { asFunctionCallAnswer } from '../chat/legacy-functions.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { isArray, isObject, type Json, type JsonObject, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext } from '../spec/provider.ts';
import { type CallerForm, callerForm } from './caller-form.ts';
import { unreadable } from './errors.ts';
import { finishReason } from './finish-reason.ts';
import { publicServiceTier, publicUsage, toUsage } from './usage.ts';

/**
 * A message of the Messages API as a chat completion.
 * @param form  how the caller wants to be told
 * @throws InvalidUpstreamResponse when it is no message
 */
export const fromMessage = (message: JsonObject, ctx: CallContext, form: CallerForm = callerForm(ctx)): Answer => {
  const blocks = message.content;
  if (!isArray(blocks) || !blocks.every(isReadable)) {
    throw new InvalidUpstreamResponse(unreadable(ctx.provider, message));
  }
  const usage = toUsage(objectAt(message, 'usage'));
  const answer = {
    id: stringAt(message, 'id') ?? ctx.newId('chatcmpl-'),
    object: 'chat.completion',
    created: ctx.now(),
    model: stringAt(message, 'model') ?? form.model,
    provider: ctx.provider,
    choices: [toChoice(message, blocks, form, ctx.strict)],
    ...(usage === undefined ? {} : { usage: publicUsage(usage) }),
    ...publicServiceTier(usage),
  };
  return { body: form.functions ? asFunctionCallAnswer(answer) : answer, usage };
};

/** What rides along on a choice beyond the public shape, for callers that want it. */
export const choiceExtras = (from: JsonObject, strict: boolean): JsonObject => ({
  ...(strict || typeof from.stop_sequence !== 'string' ? {} : { stop_sequence: from.stop_sequence }),
  ...(strict || !isObject(from.stop_details) ? {} : { stop_details: from.stop_details }),
});

/** The words with which the model declined, if it did and gave any. */
export const refusalText = (from: JsonObject): string | undefined => {
  const text = from.stop_reason === 'refusal' ? stringAt(objectAt(from, 'stop_details'), 'explanation') : undefined;
  return text === '' ? undefined : text;
};

const isReadable = (block: Json): block is JsonObject => {
  if (!isObject(block) || typeof block.type !== 'string') return false;
  if (block.type === 'text') return typeof block.text === 'string';
  return block.type !== 'tool_use' || (typeof block.id === 'string' && typeof block.name === 'string');
};

const toChoice = (
  message: JsonObject,
  blocks: readonly JsonObject[],
  form: CallerForm,
  strict: boolean,
): JsonObject => {
  const uses = blocks.filter(({ type }) => type === 'tool_use');
  const jsonUse = uses.find((use) => form.isJsonTool(stringAt(use, 'name') ?? ''));
  const calls = uses.filter((use) => use !== jsonUse).map((use) => toCall(use, form));
  const text = blocks.map((block) => (block.type === 'text' ? (stringAt(block, 'text') ?? '') : '')).join('');
  const content = jsonUse === undefined ? text : JSON.stringify(jsonUse.input ?? {});
  const kept = strict ? [] : blocks.filter(({ type }) => type !== 'tool_use');
  const refusal = refusalText(message);
  return {
    index: 0,
    message: {
      role: 'assistant',
      content: content === '' && calls.length > 0 ? null : content,
      ...(refusal === undefined ? {} : { refusal }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(kept.length === 0 ? {} : { content_blocks: kept }),
    },
    finish_reason: finishReason(stringAt(message, 'stop_reason'), {
      strict,
      toolCalls: calls.length > 0,
      jsonTool: jsonUse !== undefined,
    }),
    logprobs: null,
    ...choiceExtras(message, strict),
  };
};

const toCall = ({ id, name, input }: JsonObject, form: CallerForm): JsonObject =>
  form.isCustomTool(typeof name === 'string' ? name : '')
    ? { id, type: 'custom', custom: { name, input: customInput(input) } }
    : { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };

/** The free text of a custom tool's call; whatever else the model sent is shown as JSON. */
export const customInput = (input: Json | undefined): string =>
  (isObject(input) ? stringAt(input, 'input') : undefined) ?? JSON.stringify(input ?? {});
