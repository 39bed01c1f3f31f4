import type { WireEvent } from '../spec/provider.ts';
import { EventTooLarge, MAX_EVENT_CHARS } from './sse.ts';

/** The objects of one JSON array, each as soon as its last brace is there; strings and escapes are respected. */
export class JsonArrayParser {
  readonly #utf8 = new TextDecoder('utf-8');
  #current = '';
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** @throws EventTooLarge */
  push(bytes: Uint8Array): WireEvent[] {
    return this.#feed(this.#utf8.decode(bytes, { stream: true }));
  }

  close(): WireEvent[] {
    return this.#feed(this.#utf8.decode());
  }

  #feed(text: string): WireEvent[] {
    const events: WireEvent[] = [];
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === '\\') this.#escaped = true;
        else if (char === '"') this.#inString = false;
        continue;
      }
      if (char === '"') this.#inString = this.#depth > 0;
      else if (char === '{') {
        if (this.#depth === 0) start = at;
        this.#depth += 1;
      } else if (char === '}' && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        events.push({ data: this.#current + text.slice(start, at + 1) });
        this.#current = '';
        start = -1;
      }
    }
    if (start >= 0) this.#current += text.slice(start);
    if (this.#current.length > MAX_EVENT_CHARS) throw new EventTooLarge();
    return events;
  }
}
