import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_EVENT_CHARS, SseParser } from './sse.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (...reads: Uint8Array[]) => {
  const parser = new SseParser();
  return [...reads.flatMap((read) => parser.push(read)), ...parser.close()];
};

const awkward =
  '\uFEFF: hello\r\ndata: {"a":"é😀"}\r\n\r\nevent: error\ndata:one\ndata: two\n\n: c\n\ndata: cr\r\rid: 7\ndata\n\ndata: last';

it('reads every line end, comments, several data lines, a byte order mark and a last event without a blank line', () => {
  expect(parse(bytes(awkward))).toEqual([
    { data: '{"a":"é😀"}' },
    { event: 'error', data: 'one\ntwo' },
    { data: 'cr' },
    { data: '' },
    { data: 'last' },
  ]);
});

it('gives the same events for every cut in two and byte by byte', () => {
  const all = bytes(awkward);
  const whole = parse(all);
  for (let at = 0; at <= all.length; at++) expect(parse(all.subarray(0, at), all.subarray(at))).toEqual(whole);
  expect(parse(...Array.from(all, (_byte, at) => all.subarray(at, at + 1)))).toEqual(whole);
});

it('gives the same events for random re-chunkings', () => {
  const all = bytes(awkward);
  const whole = parse(all);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 12 }), (cuts) => {
      const borders = [0, ...cuts.sort((a, b) => a - b), all.length];
      const reads = borders.slice(1).map((end, at) => all.subarray(borders[at], end));
      expect(parse(...reads)).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});

it('refuses an event that never ends', () => {
  const parser = new SseParser();
  const piece = bytes(`data: ${'x'.repeat(MAX_EVENT_CHARS / 4)}`);
  expect(() => {
    for (let at = 0; at < 5; at++) parser.push(piece);
  }).toThrow('exceeded');
});
