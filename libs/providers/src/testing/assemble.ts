import { arrayAt, isArray, isObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';

/**
 * The plain answer that a stream's chunks add up to, for chat and text completions. A client that joins a stream
 * must get what a plain call would have given: tests compare the two.
 */
export const assembleChunks = (chunks: readonly JsonObject[]): JsonObject => {
  const isText = chunks[0]?.object === 'text_completion';
  const choices = new Map<number, Building>();
  let head: JsonObject = {};
  for (const { choices: pieces, ...rest } of chunks) {
    head = { ...head, ...rest };
    for (const piece of isArray(pieces) ? pieces : []) {
      if (!isObject(piece)) continue;
      const index = numberAt(piece, 'index') ?? 0;
      const choice = choices.get(index) ?? { index, message: {}, calls: new Map(), blocks: new Map(), rest: {} };
      choices.set(index, choice);
      add(choice, piece);
    }
  }
  const sorted = [...choices.values()].sort((a, b) => a.index - b.index);
  return {
    ...head,
    object: isText ? 'text_completion' : 'chat.completion',
    choices: sorted.map(isText ? textChoice : chatChoice),
  };
};

interface Building {
  readonly index: number;
  message: Record<string, Json | undefined>;
  readonly calls: Map<number, JsonObject>;
  readonly blocks: Map<number, JsonObject>;
  rest: Record<string, Json | undefined>;
}

const add = (choice: Building, piece: JsonObject): void => {
  const { index: _index, delta, finish_reason: finish, logprobs, ...rest } = piece;
  choice.rest = isText(rest) ? { ...joined(choice.rest, rest, ['text']) } : { ...choice.rest, ...rest };
  if (finish !== null && finish !== undefined) choice.rest.finish_reason = finish;
  if (logprobs !== undefined) choice.rest.logprobs = joinedLogprobs(choice.rest.logprobs, logprobs);
  if (!isObject(delta)) return;
  const { tool_calls: calls, content_blocks: blocks, function_call: call, ...plain } = delta;
  choice.message = joined(choice.message, plain, ['content', 'refusal', 'reasoning_content', 'reasoning']);
  if (isObject(call)) {
    choice.message.function_call = joined(objectAt(choice.message, 'function_call') ?? {}, call, ['name', 'arguments']);
  }
  for (const fragment of isArray(calls) ? calls : []) addCall(choice.calls, fragment);
  for (const block of isArray(blocks) ? blocks : []) addBlock(choice.blocks, block);
};

const isText = (piece: JsonObject): boolean => typeof piece.text === 'string';

/** Strings at the named keys are appended, anything else replaces; null never replaces a text. */
const joined = (
  before: JsonObject,
  piece: JsonObject,
  appended: readonly string[],
): Record<string, Json | undefined> => {
  const result: Record<string, Json | undefined> = { ...before };
  for (const [name, value] of Object.entries(piece)) {
    const known = result[name];
    if (appended.includes(name) && typeof known === 'string') result[name] = known + (value ?? '');
    else result[name] = value;
  }
  return result;
};

const addCall = (calls: Map<number, JsonObject>, fragment: Json): void => {
  if (!isObject(fragment)) return;
  const index = numberAt(fragment, 'index') ?? 0;
  const before = calls.get(index) ?? {};
  const { index: _index, function: part, ...rest } = fragment;
  calls.set(index, {
    ...before,
    ...rest,
    ...(isObject(part) ? { function: joined(objectAt(before, 'function') ?? {}, part, ['arguments']) } : {}),
  });
};

const BLOCK_TEXTS = ['text', 'thinking', 'signature', 'data'];

const addBlock = (blocks: Map<number, JsonObject>, block: Json): void => {
  const delta = isObject(block) ? objectAt(block, 'delta') : undefined;
  if (!isObject(block) || delta === undefined) return;
  const index = numberAt(block, 'index') ?? 0;
  const whole = joined(blocks.get(index) ?? {}, delta, BLOCK_TEXTS);
  blocks.set(index, { type: blockType(whole), ...whole });
};

const blockType = (block: JsonObject): string =>
  'data' in block ? 'redacted_thinking' : 'thinking' in block || 'signature' in block ? 'thinking' : 'text';

/** Token lists of the pieces one after another. */
const joinedLogprobs = (before: Json | undefined, piece: Json): Json => {
  if (!isObject(before) || !isObject(piece)) return isObject(before) ? before : piece;
  const names = [...new Set([...Object.keys(before), ...Object.keys(piece)])];
  return Object.fromEntries(
    names.map((name) =>
      isArray(before[name]) || isArray(piece[name])
        ? [name, [...arrayAt(before, name), ...arrayAt(piece, name)]]
        : [name, piece[name] ?? before[name]],
    ),
  );
};

const textChoice = ({ index, rest }: Building): JsonObject => ({ index, finish_reason: null, ...rest });

const chatChoice = ({ index, message, calls, blocks, rest }: Building): JsonObject => {
  const content = stringAt(message, 'content') ?? '';
  const hasCalls = calls.size > 0 || message.function_call !== undefined;
  return {
    index,
    message: {
      role: 'assistant',
      ...message,
      content: content === '' && hasCalls ? null : content,
      ...(calls.size === 0 ? {} : { tool_calls: inOrder(calls) }),
      ...(blocks.size === 0 ? {} : { content_blocks: inOrder(blocks) }),
    },
    finish_reason: null,
    ...rest,
  };
};

const inOrder = (parts: ReadonlyMap<number, JsonObject>): JsonObject[] =>
  [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
