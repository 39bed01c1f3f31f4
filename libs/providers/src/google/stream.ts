import {
  blockDelta,
  type ChunkHead,
  choiceChunk,
  roleDelta,
  textDelta,
  toolArgumentsDelta,
  toolOpeningDelta,
  usageChunk,
} from '../chat/chunks.ts';
import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { requestOf } from '../chat/requested.ts';
import { type JsonObject, numberAt, stringAt } from '../spec/json.ts';
import type { CallContext, StreamAdapter, StreamDecoder, StreamItem, WireEvent } from '../spec/provider.ts';
import type { Usage } from '../spec/usage.ts';
import { type AnswerPart, candidatesOf, extrasOf, PartReader } from './answer-parts.ts';
import { firstOf, streamFailure } from './errors.ts';
import { finishReasonOf } from './finish-reason.ts';
import { logprobsOf } from './logprobs.ts';
import { blockReasonOf } from './response.ts';
import { usageOf, visibleGeminiUsage } from './usage.ts';

/** More candidates than any model gives; others are not answers. */
const MAX_CHOICES = 128;

interface Choice {
  readonly index: number;
  readonly reader: PartReader;
  finishReason: string | undefined;
  extras: JsonObject;
}

/**
 * Each event is a whole answer with a piece of its parts. Nothing marks the end but the connection's, and usage
 * grows until the last event: finish chunks therefore wait for the close.
 */
class GeminiDecoder implements StreamDecoder {
  readonly #ctx: CallContext;
  readonly #choices = new Map<number, Choice>();
  #head: ChunkHead | undefined;
  #usage: Usage | undefined;
  #promptFeedback: JsonObject = {};
  #hasFailed = false;

  constructor(ctx: CallContext) {
    this.#ctx = ctx;
  }

  onEvent({ data }: WireEvent): readonly StreamItem[] {
    if (this.#hasFailed || data === '[DONE]') return [];
    const event = parseEventObject(data) ?? firstOf(data);
    const failure = event === undefined ? malformedEvent(data) : streamFailure(event);
    const candidates = event === undefined ? undefined : candidatesOf(event);
    if (event === undefined || failure !== undefined || candidates === undefined) {
      this.#hasFailed = true;
      return [failure ?? malformedEvent(data)];
    }
    const head = this.#headOf(event);
    const chunks = candidates.flatMap((candidate, at) => this.#onCandidate(head, candidate, at));
    if (candidates.length === 0 && blockReasonOf(event) !== undefined) chunks.push(...this.#onBlocked(head, event));
    const usage = usageOf(event);
    if (usage === undefined) return chunks.map(asItem);
    this.#usage = usage;
    return [...chunks.map(asItem), { type: 'usage', usage }];
  }

  onClose(): readonly StreamItem[] {
    const head = this.#head;
    if (this.#hasFailed || head === undefined) return [];
    const choices = [...this.#choices.values()];
    const finished = choices.filter(({ finishReason }) => finishReason !== undefined);
    const chunks = finished.map((choice, at) => this.#finish(head, choice, at === finished.length - 1));
    if (finished.length === 0 || finished.length < choices.length) return chunks.map(asItem);
    const last =
      this.#ctx.includeUsage && this.#usage !== undefined ? [usageChunk(head, visibleGeminiUsage(this.#usage))] : [];
    return [...[...chunks, ...last].map(asItem), { type: 'end' }];
  }

  #headOf(event: JsonObject): ChunkHead {
    this.#head ??= {
      id: stringAt(event, 'responseId') ?? this.#ctx.newId('chatcmpl-'),
      created: this.#ctx.now(),
      model: stringAt(event, 'modelVersion') ?? stringAt(requestOf(this.#ctx), 'model') ?? '',
      provider: this.#ctx.provider,
    };
    return this.#head;
  }

  #onCandidate(head: ChunkHead, candidate: JsonObject, at: number): JsonObject[] {
    const index = numberAt(candidate, 'index') ?? at;
    const chunks: JsonObject[] = [];
    const choice = this.#open(head, index, chunks);
    if (choice === undefined) return [];
    choice.finishReason = stringAt(candidate, 'finishReason') ?? choice.finishReason;
    choice.extras = { ...choice.extras, ...extrasOf(candidate) };
    const deltas = choice.reader.read(candidate).flatMap((part) => deltasOf(part, this.#ctx.strict));
    const logprobs = logprobsOf(candidate);
    if (logprobs !== null && deltas.length === 0) deltas.push({});
    deltas.forEach((delta, nth) => {
      chunks.push(choiceChunk(head, index, delta, logprobs !== null && nth === 0 ? { choice: { logprobs } } : {}));
    });
    return chunks;
  }

  #onBlocked(head: ChunkHead, event: JsonObject): JsonObject[] {
    const chunks: JsonObject[] = [];
    const choice = this.#open(head, 0, chunks);
    if (choice !== undefined) choice.finishReason = BLOCKED_PROMPT;
    this.#promptFeedback = this.#ctx.strict ? {} : { promptFeedback: event.promptFeedback };
    return chunks;
  }

  #open(head: ChunkHead, index: number, chunks: JsonObject[]): Choice | undefined {
    const known = this.#choices.get(index);
    if (known !== undefined || this.#choices.size >= MAX_CHOICES) return known;
    const reader = new PartReader(this.#ctx.newId);
    const choice: Choice = { index, reader, finishReason: undefined, extras: {} };
    this.#choices.set(index, choice);
    chunks.push(choiceChunk(head, index, roleDelta));
    return choice;
  }

  #finish(head: ChunkHead, { index, reader, finishReason, extras }: Choice, isLast: boolean): JsonObject {
    const { strict, includeUsage } = this.#ctx;
    const attached = isLast && !strict && !includeUsage ? this.#usage : undefined;
    const isBlocked = finishReason === BLOCKED_PROMPT;
    return choiceChunk(
      head,
      index,
      {},
      {
        finishReason: isBlocked ? 'content_filter' : finishReasonOf(finishReason, reader.hasCalls, strict),
        choice: strict ? {} : extras,
        top: {
          ...(attached === undefined ? {} : { usage: visibleGeminiUsage(attached) }),
          ...(isLast ? this.#promptFeedback : {}),
        },
      },
    );
  }
}

/** Not a reason Gemini gives a candidate: there was none, because the prompt was refused. */
const BLOCKED_PROMPT = 'prompt blocked';

const asItem = (chunk: JsonObject): StreamItem => ({ type: 'chunk', chunk });

const deltasOf = (part: AnswerPart, strict: boolean): JsonObject[] => {
  switch (part.kind) {
    case 'text':
      return [textDelta(part.text, strict ? undefined : part.block)];
    case 'thinking':
      return strict ? [] : [blockDelta(part.block, { thinking: part.text })];
    case 'signature':
      return strict ? [] : [blockDelta(part.block, { thought_signature: part.text })];
    case 'image':
      return [{ images: [part.image], ...(strict ? {} : blockDelta(part.block, part.image)) }];
    case 'audio':
      return [{ audio: { id: part.id, data: part.data } }];
    case 'verbatim':
      return strict ? [] : [blockDelta(part.block, part.part)];
    case 'call': {
      const { id, name, arguments: text, signature } = part.call;
      const signed = strict || signature === undefined ? {} : { thought_signature: signature };
      return [toolOpeningDelta(part.index, id, name, signed), toolArgumentsDelta(part.index, text)];
    }
  }
};

export const geminiStream: StreamAdapter = { framing: 'sse', decoder: (ctx) => new GeminiDecoder(ctx) };
