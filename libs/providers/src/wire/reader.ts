import type { StreamAdapter, WireEvent } from '../spec/provider.ts';
import { JsonArrayParser } from './json-array.ts';
import { JsonLinesParser } from './json-lines.ts';
import { SseParser } from './sse.ts';

/** Bytes in, events out, whatever the byte borders. */
export interface EventReader {
  /** @throws EventTooLarge */
  push(bytes: Uint8Array): WireEvent[];
  close(): WireEvent[];
}

const readers: Readonly<Record<StreamAdapter['framing'], () => EventReader>> = {
  sse: () => new SseParser(),
  'json-array': () => new JsonArrayParser(),
  'json-lines': () => new JsonLinesParser(),
};

/** A fresh reader for one response. */
export const openReader = (framing: StreamAdapter['framing']): EventReader => readers[framing]();
