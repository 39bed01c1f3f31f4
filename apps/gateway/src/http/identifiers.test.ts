import { expect, it } from 'vitest';
import { readIdentifiers } from './identifiers.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${SPAN}-01`;

const read = (headers: Record<string, string>) => readIdentifiers(headers, 'POST', '/v1/embeddings');

it('without any header everything is new, and the span is left to each record', () => {
  const ids = read({});
  expect(ids.traceId).toMatch(UUID);
  expect(ids.requestId).toMatch(UUID);
  expect(ids).toMatchObject({ spanId: undefined, spanName: 'llm', parentSpanId: undefined });
  expect(read({}).traceId).not.toBe(ids.traceId);
});

it('explicit headers are taken as they are', () => {
  expect(
    read({
      'x-portkey-trace-id': 'my trace',
      'x-portkey-span-id': 'my span',
      'x-portkey-span-name': 'my step',
      'x-portkey-parent-span-id': 'my parent',
    }),
  ).toMatchObject({ traceId: 'my trace', spanId: 'my span', spanName: 'my step', parentSpanId: 'my parent' });
});

it('W3C trace context gives trace and parent, and the span becomes a new one named after the call', () => {
  const ids = read({ traceparent });
  expect(ids).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, spanName: 'POST /v1/embeddings' });
  expect(ids.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(ids.spanId).not.toBe(SPAN);
});

it('explicit headers win over trace context, one by one', () => {
  expect(read({ traceparent, 'x-portkey-trace-id': 'mine' })).toMatchObject({ traceId: 'mine', parentSpanId: SPAN });
  expect(read({ traceparent, 'x-portkey-parent-span-id': 'mine' })).toMatchObject({
    traceId: TRACE,
    parentSpanId: 'mine',
  });
  expect(read({ traceparent, 'x-portkey-span-id': 'mine', 'x-portkey-span-name': 'step' })).toMatchObject({
    spanId: 'mine',
    spanName: 'step',
  });
});

it.each([
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.slice(1)}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `zz-${TRACE}-${SPAN}-01`,
  'nonsense',
  '',
])('trace context %j counts as none', (value) => {
  const ids = read({ traceparent: value });
  expect(ids.traceId).toMatch(UUID);
  expect(ids).toMatchObject({ parentSpanId: undefined, spanName: 'llm' });
});

it('no identifier is refused: it is cleaned and cut', () => {
  expect(read({ 'x-portkey-trace-id': 'a\u0007b\tc' }).traceId).toBe('abc');
  expect(read({ 'x-portkey-trace-id': 't'.repeat(500) }).traceId).toBe('t'.repeat(128));
  expect(read({ 'x-portkey-trace-id': '' }).traceId).toMatch(UUID);
  expect(read({ 'x-portkey-trace-id': '\u0001' }).traceId).toMatch(UUID);
});
