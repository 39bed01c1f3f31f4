import { blockDelta, type ChunkHead, choiceChunk, roleDelta, textDelta, usageChunk } from '../chat/chunks.ts';
import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { requestOf } from '../chat/requested.ts';
import { arrayAt, isArray, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { CallContext, StreamAdapter, StreamDecoder, StreamItem, WireEvent } from '../spec/provider.ts';
import type { Usage } from '../spec/usage.ts';
import { BlockCounter, contentPieces } from './answer-content.ts';
import { streamFailure } from './errors.ts';
import { finishReasonOf } from './finish-reason.ts';
import { StreamedCalls } from './streamed-calls.ts';
import { usageOf, visibleMistralUsage } from './usage.ts';

/** More choices than a caller can ask for are not answers. */
const MAX_CHOICES = 128;

interface Choice {
  readonly index: number;
  readonly blocks: BlockCounter;
  readonly calls: StreamedCalls;
  finishReason: string | undefined;
}

/** Finish chunks wait for the end: usage comes last and may have to ride on them. */
class MistralDecoder implements StreamDecoder {
  readonly #ctx: CallContext;
  readonly #choices = new Map<number, Choice>();
  #head: ChunkHead | undefined;
  #usage: Usage | undefined;
  #isOver = false;

  constructor(ctx: CallContext) {
    this.#ctx = ctx;
  }

  onEvent({ data }: WireEvent): readonly StreamItem[] {
    if (this.#isOver) return [];
    if (data === '[DONE]') return [...this.#finishAll().map(asItem), ...this.#usageItems(), { type: 'end' }];
    const event = parseEventObject(data);
    const failure = event === undefined ? malformedEvent(data) : streamFailure(event);
    if (event === undefined || failure !== undefined) {
      this.#isOver = true;
      return [failure ?? malformedEvent(data)];
    }
    const head = this.#headOf(event);
    const chunks = arrayAt(event, 'choices').flatMap((choice, at) =>
      isObject(choice) ? this.#onChoice(head, choice, at) : [],
    );
    const usage = usageOf(event);
    if (usage === undefined) return chunks.map(asItem);
    this.#usage = usage;
    return [...chunks.map(asItem), { type: 'usage', usage }];
  }

  onClose(): readonly StreamItem[] {
    return this.#isOver ? [] : this.#finishAll().map(asItem);
  }

  #headOf(event: JsonObject): ChunkHead {
    this.#head ??= {
      id: stringAt(event, 'id') ?? this.#ctx.newId('chatcmpl-'),
      created: numberAt(event, 'created') ?? this.#ctx.now(),
      model: stringAt(event, 'model') ?? stringAt(requestOf(this.#ctx), 'model') ?? '',
      provider: this.#ctx.provider,
    };
    return this.#head;
  }

  #onChoice(head: ChunkHead, given: JsonObject, at: number): readonly JsonObject[] {
    const index = numberAt(given, 'index') ?? at;
    const deltas: JsonObject[] = [];
    const choice = this.#open(index, deltas);
    if (choice === undefined) return [];
    choice.finishReason = stringAt(given, 'finish_reason') ?? choice.finishReason;
    const delta = objectAt(given, 'delta');
    deltas.push(...this.#contentDeltas(delta, choice.blocks));
    for (const call of arrayAt(delta, 'tool_calls')) if (isObject(call)) deltas.push(...choice.calls.read(call));
    return deltas.map((each) => choiceChunk(head, index, each));
  }

  #open(index: number, deltas: JsonObject[]): Choice | undefined {
    const known = this.#choices.get(index);
    if (known !== undefined || this.#choices.size >= MAX_CHOICES) return known;
    const calls = new StreamedCalls(this.#ctx.newId);
    const choice: Choice = { index, blocks: new BlockCounter(), calls, finishReason: undefined };
    this.#choices.set(index, choice);
    deltas.push(roleDelta);
    return choice;
  }

  /** Plain text is in blocks only beside pieces of other types, as in a plain answer. */
  #contentDeltas(delta: JsonObject | undefined, blocks: BlockCounter): readonly JsonObject[] {
    const { strict } = this.#ctx;
    const hasBlocks = blocks.hasBlocks || isArray(delta?.content);
    return contentPieces(delta?.content).flatMap((piece) => {
      if (piece.kind === 'text') return [textDelta(piece.text, strict || !hasBlocks ? undefined : blocks.at(piece))];
      if (strict) return [];
      const block = blocks.at(piece);
      if (piece.kind === 'other') return [blockDelta(block, piece.block)];
      const { text, signature } = piece;
      return [blockDelta(block, { thinking: text, ...(signature === undefined ? {} : { signature }) })];
    });
  }

  #finishAll(): readonly JsonObject[] {
    this.#isOver = true;
    const head = this.#head;
    const { strict, includeUsage } = this.#ctx;
    if (head === undefined) return [];
    const finished = [...this.#choices.values()].filter(({ finishReason }) => finishReason !== undefined);
    return finished.map(({ index, calls, finishReason }, at) => {
      const isLast = at === finished.length - 1;
      const usage = isLast && !strict && !includeUsage ? this.#usage : undefined;
      return choiceChunk(
        head,
        index,
        {},
        {
          finishReason: finishReasonOf(finishReason, calls.count > 0, strict),
          top: usage === undefined ? {} : { usage: visibleMistralUsage(usage) },
        },
      );
    });
  }

  #usageItems(): readonly StreamItem[] {
    return this.#ctx.includeUsage && this.#usage !== undefined && this.#head !== undefined
      ? [asItem(usageChunk(this.#head, visibleMistralUsage(this.#usage)))]
      : [];
  }
}

const asItem = (chunk: JsonObject): StreamItem => ({ type: 'chunk', chunk });

export const chatStream: StreamAdapter = { framing: 'sse', decoder: (ctx) => new MistralDecoder(ctx) };
