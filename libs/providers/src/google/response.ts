import { requestOf } from '../chat/requested.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, HeaderMap } from '../spec/provider.ts';
import { type AnswerPart, candidatesOf, extrasOf, PartReader, type ToolCall } from './answer-parts.ts';
import { finishReasonOf } from './finish-reason.ts';
import { logprobsOf } from './logprobs.ts';
import { usageOf, visibleGeminiUsage } from './usage.ts';

/**
 * A `generateContent` answer as a chat completion.
 * @throws InvalidUpstreamResponse when there are neither candidates nor a reason why there are none
 */
export const geminiAnswer = (answer: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
  const candidates = candidatesOf(answer);
  const isBlocked = blockReasonOf(answer) !== undefined;
  if (candidates === undefined || (candidates.length === 0 && !isBlocked)) {
    throw new InvalidUpstreamResponse(JSON.stringify(answer).slice(0, 500));
  }
  const usage = usageOf(answer);
  const body = {
    id: stringAt(answer, 'responseId') ?? ctx.newId('chatcmpl-'),
    object: 'chat.completion',
    created: ctx.now(),
    model: stringAt(answer, 'modelVersion') ?? stringAt(requestOf(ctx), 'model') ?? '',
    provider: ctx.provider,
    choices: candidates.length === 0 ? [BLOCKED] : candidates.map((candidate, at) => choiceOf(candidate, at, ctx)),
    ...(usage === undefined ? {} : { usage: visibleGeminiUsage(usage) }),
    ...(isBlocked && !ctx.strict ? { promptFeedback: answer.promptFeedback } : {}),
  };
  return usage === undefined ? { body } : { body, usage };
};

/** Why the prompt was refused, if it was. */
export const blockReasonOf = (answer: JsonObject): string | undefined =>
  stringAt(objectAt(answer, 'promptFeedback'), 'blockReason');

const BLOCKED: JsonObject = Object.freeze({
  index: 0,
  message: Object.freeze({ role: 'assistant', content: '' }),
  finish_reason: 'content_filter',
  logprobs: null,
});

const choiceOf = (candidate: JsonObject, at: number, ctx: CallContext): JsonObject => {
  const parts = new PartReader(ctx.newId).read(candidate);
  const hasCalls = parts.some(({ kind }) => kind === 'call');
  return {
    index: numberAt(candidate, 'index') ?? at,
    message: messageOf(parts, ctx.strict),
    finish_reason: finishReasonOf(stringAt(candidate, 'finishReason'), hasCalls, ctx.strict),
    logprobs: logprobsOf(candidate),
    ...(ctx.strict ? {} : extrasOf(candidate)),
  };
};

const messageOf = (parts: readonly AnswerPart[], strict: boolean): JsonObject => {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const calls = parts.flatMap((part) => (part.kind === 'call' ? [callOf(part.call, strict)] : []));
  const images = parts.flatMap((part) => (part.kind === 'image' ? [part.image] : []));
  const sound = parts.filter((part) => part.kind === 'audio');
  const [firstSound] = sound;
  const blocks = strict ? [] : blocksOf(parts);
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(blocks.length === 0 ? {} : { content_blocks: blocks }),
    ...(images.length === 0 ? {} : { images }),
    ...(firstSound === undefined ? {} : { audio: { id: firstSound.id, data: joinBase64(sound), transcript: '' } }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
};

const callOf = ({ id, name, arguments: text, signature }: ToolCall, strict: boolean): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: text, ...(strict || signature === undefined ? {} : { thought_signature: signature }) },
});

const blocksOf = (parts: readonly AnswerPart[]): readonly JsonObject[] => {
  const blocks: Record<string, Json | undefined>[] = [];
  const add = (at: number, type: string, key: string, text: string) => {
    const block = blocks[at] ?? { type };
    const before = block[key];
    blocks[at] = { ...block, [key]: typeof before === 'string' && key !== 'thought_signature' ? before + text : text };
  };
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'thinking') add(part.block, part.kind, part.kind, part.text);
    else if (part.kind === 'signature') add(part.block, 'text', 'thought_signature', part.text);
    else if (part.kind === 'image') blocks[part.block] = { ...part.image };
    else if (part.kind === 'verbatim') blocks[part.block] = { ...part.part };
  }
  return blocks;
};

const joinBase64 = (parts: readonly { readonly data: string }[]): string =>
  parts.length === 1 ? parts.map(({ data }) => data).join('') : btoa(parts.map(({ data }) => atob(data)).join(''));
