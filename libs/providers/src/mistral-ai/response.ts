import { requestOf } from '../chat/requested.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { arrayAt, isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Answer, CallContext, HeaderMap } from '../spec/provider.ts';
import { argumentsText, BlockCounter, type ContentPiece, callIdOf, contentPieces } from './answer-content.ts';
import { finishReasonOf } from './finish-reason.ts';
import { usageOf, visibleMistralUsage } from './usage.ts';

/** A chat or fill-in-the-middle answer as a chat completion. @throws InvalidUpstreamResponse without choices */
export const chatAnswer = (answer: JsonObject, _headers: HeaderMap, ctx: CallContext): Answer => {
  const { choices } = answer;
  if (!isArray(choices) || choices.length === 0 || !choices.every((choice: Json) => isObject(choice))) {
    throw new InvalidUpstreamResponse(JSON.stringify(answer).slice(0, 500));
  }
  const usage = usageOf(answer);
  const body = {
    id: stringAt(answer, 'id') ?? ctx.newId('chatcmpl-'),
    object: 'chat.completion',
    created: numberAt(answer, 'created') ?? ctx.now(),
    model: stringAt(answer, 'model') ?? stringAt(requestOf(ctx), 'model') ?? '',
    provider: ctx.provider,
    choices: choices.filter(isObject).map((choice, at) => choiceOf(choice, at, ctx)),
    ...(usage === undefined ? {} : { usage: visibleMistralUsage(usage) }),
  };
  return usage === undefined ? { body } : { body, usage };
};

const choiceOf = (choice: JsonObject, at: number, ctx: CallContext): JsonObject => {
  const message = objectAt(choice, 'message');
  const calls = arrayAt(message, 'tool_calls')
    .filter(isObject)
    .map((call) => callOf(call, ctx));
  const pieces = contentPieces(message?.content);
  const text = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
  const blocks = ctx.strict || !isArray(message?.content) ? [] : blocksOf(pieces);
  return {
    index: numberAt(choice, 'index') ?? at,
    message: {
      role: 'assistant',
      content: text === '' && calls.length > 0 ? null : text,
      ...(blocks.length === 0 ? {} : { content_blocks: blocks }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
    finish_reason: finishReasonOf(stringAt(choice, 'finish_reason'), calls.length > 0, ctx.strict),
    logprobs: null,
  };
};

const callOf = (call: JsonObject, ctx: CallContext): JsonObject => {
  const given = objectAt(call, 'function');
  return {
    id: callIdOf(call) ?? ctx.newId('call_'),
    type: 'function',
    function: { name: stringAt(given, 'name') ?? '', arguments: argumentsText(given?.arguments) ?? '{}' },
  };
};

const blocksOf = (pieces: readonly ContentPiece[]): readonly JsonObject[] => {
  const counter = new BlockCounter();
  const blocks: Record<string, Json | undefined>[] = [];
  for (const piece of pieces) {
    const at = counter.at(piece);
    if (piece.kind === 'other') blocks[at] = { ...piece.block };
    else {
      const before = blocks[at]?.[piece.kind];
      const text = typeof before === 'string' ? before + piece.text : piece.text;
      const signature = piece.kind === 'thinking' ? piece.signature : undefined;
      blocks[at] = {
        type: piece.kind,
        ...blocks[at],
        [piece.kind]: text,
        ...(signature === undefined ? {} : { signature }),
      };
    }
  }
  return blocks;
};
