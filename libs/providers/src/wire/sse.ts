import type { WireEvent } from '../spec/provider.ts';

/** One event may not grow past this, in characters: a server that never ends its event must not fill our memory. */
export const MAX_EVENT_CHARS = 4 * 1024 * 1024;

export class EventTooLarge extends Error {
  constructor() {
    super(`a stream event exceeded ${MAX_EVENT_CHARS} characters`);
    this.name = 'EventTooLarge';
  }
}

const LF = 10;
const CR = 13;

/**
 * Server-sent events from bytes, whatever the byte borders: LF, CRLF and CR line ends, several `data:` lines,
 * an optional space after the colon, comments, UTF-8 split across reads, a byte order mark, a last event
 * without its blank line.
 * @source WHATWG HTML, "Parsing an event stream"
 */
export class SseParser {
  readonly #utf8 = new TextDecoder('utf-8');
  #rest = '';
  #scanned = 0;
  #afterCr = false;
  #event: string | undefined;
  #data: string | undefined;

  /** The events that these bytes complete. @throws EventTooLarge */
  push(bytes: Uint8Array): WireEvent[] {
    return this.#feed(this.#utf8.decode(bytes, { stream: true }));
  }

  /** The connection ended: what remains is a last line, and an event without its blank line counts. */
  close(): WireEvent[] {
    const events = this.#feed(this.#utf8.decode());
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    this.#dispatch(events);
    return events;
  }

  #feed(text: string): WireEvent[] {
    const events: WireEvent[] = [];
    const input = this.#rest === '' ? text : this.#rest + text;
    let start = 0;
    for (let at = this.#scanned; at < input.length; at++) {
      const code = input.charCodeAt(at);
      if (code !== LF && code !== CR) {
        this.#afterCr = false;
        continue;
      }
      // The LF of a CRLF whose CR already ended the line, possibly in an earlier read.
      if (code === LF && this.#afterCr) {
        this.#afterCr = false;
        start = at + 1;
        continue;
      }
      this.#afterCr = code === CR;
      if (at === start) this.#dispatch(events);
      else this.#line(input.slice(start, at));
      start = at + 1;
    }
    this.#rest = start === 0 ? input : input.slice(start);
    this.#scanned = this.#rest.length;
    if (this.#rest.length + (this.#data?.length ?? 0) > MAX_EVENT_CHARS) throw new EventTooLarge();
    return events;
  }

  #line(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const from = colon < 0 ? line.length : line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
    if (field === 'data') {
      const value = line.slice(from);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (field === 'event') this.#event = line.slice(from);
  }

  #dispatch(events: WireEvent[]): void {
    if (this.#data !== undefined) {
      events.push(this.#event === undefined ? { data: this.#data } : { event: this.#event, data: this.#data });
    }
    this.#event = undefined;
    this.#data = undefined;
  }
}
