import { malformedEvent, parseEventObject } from '../chat/parse-event.ts';
import { arrayAt, isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { CallContext, StreamDecoder, StreamItem, WireEvent } from '../spec/provider.ts';
import { isStreamError, streamError } from './errors.ts';
import { usageOf } from './usage.ts';

const NONE: readonly StreamItem[] = [];
const END: readonly StreamItem[] = [{ type: 'end' }];

/**
 * Relays the chunks of chat and text completions.
 *
 * This is the hottest code of the gateway: an event is parsed once and its own text handed on, so that nobody
 * has to write the JSON again. The only change most streams need, taking out the `usage:null` that our own
 * `include_usage` caused, is made in the text as well (`withoutNullUsage`).
 *
 * Only `[DONE]` ends the stream properly. One that closes after its finish reason but without it was cut: the
 * usage, which comes last, is missing.
 */
export const relayDecoder = (ctx: CallContext): StreamDecoder => new Relay(ctx);

class Relay implements StreamDecoder {
  readonly #ctx: CallContext;
  #isOver = false;

  constructor(ctx: CallContext) {
    this.#ctx = ctx;
  }

  onEvent(event: WireEvent): readonly StreamItem[] {
    const { data } = event;
    if (this.#isOver) return NONE;
    if (data === '[DONE]') {
      this.#isOver = true;
      return END;
    }
    const chunk = parseEventObject(data);
    if (chunk === undefined || event.event === 'error' || isStreamError(chunk)) {
      this.#isOver = true;
      return [chunk === undefined ? malformedEvent(data) : streamError(chunk, this.#ctx.provider)];
    }
    const { usage } = chunk;
    if (usage === undefined) return [relayed(chunk, data)];
    if (isObject(usage)) return this.#withUsage(chunk, data, usage);
    return [this.#ctx.includeUsage ? relayed(chunk, data) : relayed(withoutUsage(chunk), withoutNullUsage(data))];
  }

  onClose(): readonly StreamItem[] {
    return NONE;
  }

  #withUsage(chunk: JsonObject, data: string, usage: JsonObject): readonly StreamItem[] {
    const items: StreamItem[] = [];
    const counts = usageOf(usage, chunk);
    if (counts !== undefined) items.push({ type: 'usage', usage: counts });
    if (this.#ctx.includeUsage) items.push(relayed(chunk, data));
    else if (arrayAt(chunk, 'choices').length > 0) {
      // Usage beside choices is the provider's own habit. Plain shapes for strict callers, the rest may have it.
      items.push(this.#ctx.strict ? { type: 'chunk', chunk: withoutUsage(chunk) } : relayed(chunk, data));
    }
    return items;
  }
}

const relayed = (chunk: JsonObject, json: string | undefined): StreamItem =>
  // An event of several data lines holds line feeds, which a frame of one line cannot carry.
  json === undefined || json.includes('\n') ? { type: 'chunk', chunk } : { type: 'chunk', chunk, json };

/** A copy without its usage. Key by key: many times faster than a spread with a delete, and this runs per chunk. */
export const withoutUsage = (chunk: JsonObject): Record<string, Json | undefined> => {
  const copy: Record<string, Json | undefined> = {};
  for (const name in chunk) if (name !== 'usage') copy[name] = chunk[name];
  return copy;
};

const NULL_USAGE = ',"usage":null';

/**
 * The text of a chunk without its `usage:null`. Inside a JSON string the quotes would be escaped, so a match is a
 * member; when there is exactly one it is the chunk's own, which the caller has seen to be null.
 * @returns undefined when the member is not found exactly once in this form
 */
export const withoutNullUsage = (json: string): string | undefined => {
  const at = json.indexOf(NULL_USAGE);
  if (at < 0 || json.indexOf(NULL_USAGE, at + 1) >= 0) return undefined;
  return json.slice(0, at) + json.slice(at + NULL_USAGE.length);
};
