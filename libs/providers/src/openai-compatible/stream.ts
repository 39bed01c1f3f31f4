import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { mapShared } from '../openai/body-edit.ts';
import { isStreamError, streamError } from '../openai/errors.ts';
import { withoutNullUsage, withoutUsage } from '../openai/stream.ts';
import { isArray, type Json, type JsonObject, numberAt, stringAt } from '../spec/json.ts';
import type { CallContext, StreamDecoder, StreamItem, WireEvent } from '../spec/provider.ts';
import { StreamChoices } from './choices.ts';
import type { CompatibleProvider } from './descriptor.ts';
import { hiddenFields, inSeconds, rawUsage, withoutFields } from './head.ts';
import { compatibleUsage, fixedUsage } from './usage.ts';

const NO_CHOICES: readonly Json[] = [];

/**
 * Relays chunks with the provider's id added and its slips put right. Usage is taken out wherever the provider puts
 * it, and given at the end to callers who asked; outside strict mode it rides on the finish chunk instead, which is
 * held back for it.
 *
 * Most chunks only lack the provider's id: it is written into the event's own text, so that nobody has to write the
 * JSON again. That is safe because the text has just been read as an object.
 */
export const compatibleDecoder =
  (descriptor: CompatibleProvider, object: 'chat.completion.chunk' | 'text_completion') =>
  (ctx: CallContext): StreamDecoder =>
    new CompatibleRelay(descriptor, object, ctx);

class CompatibleRelay implements StreamDecoder {
  readonly #descriptor: CompatibleProvider;
  readonly #ctx: CallContext;
  readonly #object: string;
  readonly #choices: StreamChoices;
  readonly #hidden: readonly string[];
  readonly #idText: string;
  #head: JsonObject = {};
  #usage: JsonObject | undefined;
  #held: JsonObject | undefined;
  #isOver = false;

  constructor(descriptor: CompatibleProvider, object: string, ctx: CallContext) {
    this.#descriptor = descriptor;
    this.#ctx = ctx;
    this.#object = object;
    this.#choices = new StreamChoices(object === 'chat.completion.chunk', ctx.strict, descriptor.finish ?? {});
    this.#hidden = hiddenFields(descriptor, ctx.strict);
    this.#idText = `,"provider":${JSON.stringify(descriptor.id)}}`;
  }

  onEvent({ event, data }: WireEvent): readonly StreamItem[] {
    if (this.#isOver) return [];
    const items: StreamItem[] = [];
    if (data === '[DONE]') {
      this.#finish(items);
      return items;
    }
    const chunk = parseEventObject(data);
    const failure = chunk === undefined ? undefined : this.#descriptor.failure?.(chunk);
    if (chunk === undefined || event === 'error' || failure !== undefined || isStreamError(chunk)) {
      this.#isOver = true;
      this.#releaseHeld(items);
      if (chunk === undefined) items.push(malformedEvent(data));
      else items.push(streamError(failure === undefined ? chunk : { message: failure }, this.#descriptor.id));
      return items;
    }
    this.#relay(chunk, data, items);
    return items;
  }

  onClose(): readonly StreamItem[] {
    const items: StreamItem[] = [];
    if (this.#isOver) return items;
    if (this.#descriptor.terminator !== 'done' && this.#choices.areAllFinished) this.#finish(items);
    else this.#releaseHeld(items);
    this.#isOver = true;
    return items;
  }

  #relay(chunk: JsonObject, data: string, items: StreamItem[]): void {
    const usage = rawUsage(chunk, this.#descriptor);
    if (usage !== undefined) this.#meter(usage, chunk, items);
    const before = isArray(chunk.choices) ? chunk.choices : NO_CHOICES;
    if (usage !== undefined && before.length === 0) {
      this.#releaseHeld(items, this.#usage);
      return;
    }
    this.#releaseHeld(items);
    const choices = mapShared(before, this.#choices.fix);
    const isHeadRight = this.#isHeadRight(chunk);
    const fixed = isHeadRight ? chunk : this.#withHead(chunk);
    if (this.#head.id === undefined) this.#head = headOf(fixed, this.#object, this.#descriptor.id);
    for (const index of this.#choices.takeUnopened()) {
      items.push(chunkItem({ ...this.#head, choices: [openingOf(index)] }));
    }
    const relayed = choices === before ? fixed : { ...fixed, choices };
    const text = relayed === chunk ? this.#textOf(chunk, data) : undefined;
    const out: JsonObject = this.#withProvider(relayed);
    const finishes = this.#choices.takeJustFinished();
    if (!finishes || this.#ctx.strict || this.#ctx.includeUsage) items.push(chunkItem(out, text));
    else if (usage !== undefined) items.push(chunkItem({ ...out, usage: this.#usage }));
    else this.#held = out;
  }

  #meter(raw: JsonObject, chunk: JsonObject, items: StreamItem[]): void {
    const usage = fixedUsage(raw, this.#descriptor.usage ?? []);
    const record = compatibleUsage(usage, chunk);
    if (record === undefined) return;
    this.#usage = usage;
    items.push({ type: 'usage', usage: record });
  }

  /** The provider's proper end: what is still owed to the caller, then `end`. */
  #finish(items: StreamItem[]): void {
    this.#isOver = true;
    this.#releaseHeld(items);
    for (const choice of this.#choices.takeUnfinished()) items.push(chunkItem({ ...this.#head, choices: [choice] }));
    if (this.#ctx.includeUsage && this.#usage !== undefined) {
      items.push({ type: 'chunk', chunk: { ...this.#head, choices: [], usage: this.#usage } });
    }
    items.push({ type: 'end' });
  }

  #releaseHeld(items: StreamItem[], usage?: JsonObject): void {
    if (this.#held === undefined) return;
    items.push(chunkItem(usage === undefined ? this.#held : { ...this.#held, usage }));
    this.#held = undefined;
  }

  #isHeadRight(chunk: JsonObject): boolean {
    for (const name of this.#hidden) if (chunk[name] !== undefined) return false;
    const { usage, created } = chunk;
    return (
      (usage === undefined || usage === null) &&
      typeof created === 'number' &&
      inSeconds(created) === created &&
      typeof chunk.id === 'string' &&
      chunk.object === this.#object
    );
  }

  #withHead(chunk: JsonObject): JsonObject {
    const rest = withoutFields(withoutUsage(chunk), this.#hidden);
    const created = numberAt(chunk, 'created');
    return {
      ...rest,
      id: stringAt(chunk, 'id') ?? this.#head.id ?? this.#ctx.newId('chatcmpl-'),
      object: this.#object,
      created: created === undefined ? (this.#head.created ?? this.#ctx.now()) : inSeconds(created),
    };
  }

  #withProvider(chunk: JsonObject): JsonObject {
    const copy = withoutUsage(chunk);
    if (chunk.usage === null && this.#ctx.includeUsage) copy.usage = null;
    copy.provider = this.#descriptor.id;
    return copy;
  }

  #textOf(chunk: JsonObject, data: string): string | undefined {
    if (chunk.provider !== undefined) return undefined;
    const text = chunk.usage === null && !this.#ctx.includeUsage ? withoutNullUsage(data) : data;
    if (text === undefined || !text.endsWith('}') || text.includes('\n')) return undefined;
    return text.slice(0, -1) + this.#idText;
  }
}

const chunkItem = (chunk: JsonObject, json?: string): StreamItem =>
  json === undefined ? { type: 'chunk', chunk } : { type: 'chunk', chunk, json };

const headOf = (chunk: JsonObject, object: string, provider: string): JsonObject => ({
  id: chunk.id,
  object,
  created: chunk.created,
  model: chunk.model,
  provider,
});

const openingOf = (index: number): JsonObject => ({
  index,
  delta: { role: 'assistant', content: '' },
  finish_reason: null,
});
