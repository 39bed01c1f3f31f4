import type { WireEvent } from '../spec/provider.ts';
import { EventTooLarge, MAX_EVENT_CHARS } from './sse.ts';

/** One JSON text per line; blank lines are skipped. */
export class JsonLinesParser {
  readonly #utf8 = new TextDecoder('utf-8');
  #rest = '';

  /** @throws EventTooLarge */
  push(bytes: Uint8Array): WireEvent[] {
    const lines = (this.#rest + this.#utf8.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_EVENT_CHARS) throw new EventTooLarge();
    return lines.flatMap(asEvent);
  }

  close(): WireEvent[] {
    const last = this.#rest + this.#utf8.decode();
    this.#rest = '';
    return asEvent(last);
  }
}

const asEvent = (line: string): WireEvent[] => (line.trim() === '' ? [] : [{ data: line.trim() }]);
