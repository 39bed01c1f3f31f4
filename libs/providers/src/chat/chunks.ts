import type { JsonObject } from '../spec/json.ts';

/** What every chunk of one answer shares. */
export interface ChunkHead {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly provider: string;
}

/** What a chunk of one choice may carry besides its delta. */
export interface ChunkExtras {
  /** Only in the last chunk of a choice. */
  readonly finishReason?: string;
  /** Keys beside `delta`. */
  readonly choice?: JsonObject;
  /** Keys beside `choices`. */
  readonly top?: JsonObject;
}

/** A chunk of one choice. */
export const choiceChunk = (
  head: ChunkHead,
  index: number,
  delta: JsonObject,
  extras: ChunkExtras = {},
): JsonObject => ({
  ...headOf(head),
  choices: [{ index, delta, finish_reason: extras.finishReason ?? null, ...extras.choice }],
  ...extras.top,
});

/** The last chunk of a stream whose caller asked for usage. */
export const usageChunk = (head: ChunkHead, usage: JsonObject): JsonObject => ({ ...headOf(head), choices: [], usage });

const headOf = ({ id, created, model, provider }: ChunkHead): JsonObject => ({
  id,
  object: 'chat.completion.chunk',
  created,
  model,
  provider,
});

/** Opens a choice; once, before anything else of it. */
export const roleDelta: JsonObject = Object.freeze({ role: 'assistant', content: '' });

/**
 * A piece of text.
 * @param block  the provider's content block it belongs to; give it only to callers that want the blocks as well
 */
export const textDelta = (text: string, block?: number): JsonObject => ({
  content: text,
  ...(block === undefined ? {} : blockDelta(block, { text })),
});

/** A piece of a typed content block that is not text (thinking, signature, data …). */
export const blockDelta = (index: number, delta: JsonObject): JsonObject => ({ content_blocks: [{ index, delta }] });

/** Opens a tool call; `index` counts the calls of a choice from 0. */
export const toolOpeningDelta = (index: number, id: string, name: string, extra: JsonObject = {}): JsonObject => ({
  tool_calls: [{ index, id, type: 'function', function: { name, arguments: '', ...extra } }],
});

/** A piece of the JSON text of a tool call's arguments. */
export const toolArgumentsDelta = (index: number, fragment: string): JsonObject => ({
  tool_calls: [{ index, function: { arguments: fragment } }],
});
