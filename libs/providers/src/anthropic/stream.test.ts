import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../spec/json.ts';
import type { StreamDecoder, StreamItem } from '../spec/provider.ts';
import { type Vector, vectorContext } from '../testing/vectors.ts';
import { complete } from './complete.ts';
import { messagesDecoder } from './stream.ts';

const vector: Vector = {
  id: 'v',
  fn: 'stream-chatComplete',
  strict: true,
  options: { provider: 'anthropic' },
  request: {},
};
const context = (request?: JsonObject, strict = true) => ({ ...vectorContext({ ...vector, strict }), request });
const run = (decoder: StreamDecoder, events: readonly Json[]): StreamItem[] => [
  ...events.flatMap((event) => [...decoder.onEvent({ data: JSON.stringify(event) })]),
  ...decoder.onClose(),
];
const decode = (events: readonly Json[], request?: JsonObject, strict = true) =>
  run(messagesDecoder(context(request, strict)), events);

const start = { type: 'message_start', message: { id: 'm', model: 'c', usage: { input_tokens: 3, output_tokens: 1 } } };
const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const text = (piece: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } });
const toolStart = (name: string, input: JsonObject = {}) => ({
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'tool_use', id: 't', name, input },
});
const toolInput = (partial_json: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'input_json_delta', partial_json },
});
const toolStop = { type: 'content_block_stop', index: 0 };
const outcome = (stop_reason: string | null, output_tokens: number) => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage: { output_tokens },
});
const stop = { type: 'message_stop' };
const deltas = (items: readonly StreamItem[]): Json[] =>
  items.flatMap((item) => (item.type === 'chunk' ? [JSON.parse(JSON.stringify(item.chunk)).choices[0]?.delta] : []));

it.each([
  ['overloaded_error', 529],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['request_too_large', 413],
  ['something_new', 500],
])('reports %s as status %i, first or midway, and nothing after it', (type, status) => {
  const failure = { type: 'error', error: { type, message: 'M' } };
  const item = { type: 'error', status, error: { message: 'M', type, param: null, code: null } };
  expect(decode([failure, start, text('late'), stop])).toEqual([item]);
  expect(decode([start, text('a'), failure, text('late'), stop]).slice(-2)).toEqual([
    expect.objectContaining({ type: 'chunk' }),
    item,
  ]);
});

it('never claims an end without the event that ends a message', () => {
  const whole = [start, text('a'), outcome('end_turn', 4), stop];
  for (let length = 0; length < whole.length; length++) {
    expect(decode(whole.slice(0, length)).filter(({ type }) => type === 'end')).toEqual([]);
  }
  expect(decode(whole).at(-1)).toEqual({ type: 'end' });
});

it('finishes exactly once, whatever the number of outcomes', () => {
  const finishes = (events: readonly Json[]) =>
    decode(events).flatMap((item) =>
      item.type === 'chunk' && JSON.stringify(item.chunk).includes('"finish_reason":"') ? [item.chunk.choices] : [],
    );
  expect(finishes([start, outcome(null, 2), outcome('max_tokens', 4), outcome('end_turn', 5), stop])).toMatchObject([
    [{ finish_reason: 'length' }],
  ]);
  expect(finishes([start, stop])).toMatchObject([[{ finish_reason: 'stop' }]]);
});

it('meters from the first event on, so that a cut answer is counted, and ends with the totals', () => {
  const counts = decode([start, text('a'), outcome('end_turn', 9), stop]).flatMap((item) =>
    item.type === 'usage' ? [item.usage.totalTokens] : [],
  );
  expect(counts).toEqual([4, 12]);
});

it.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['no type', '{"a":1}'],
  ['a message without a message', '{"type":"message_start"}'],
  ['content before the message', JSON.stringify(text('a'))],
  ['an end before the message', JSON.stringify(stop)],
  ['an error without a message', '{"type":"error","error":{}}'],
])('reports %s as an unreadable answer and then says no more', (_what, data) => {
  const decoder = messagesDecoder(context());
  expect(decoder.onEvent({ data })).toMatchObject([
    { type: 'error', status: 502, error: { type: 'invalid_upstream_response' } },
  ]);
  expect(run(decoder, [start, stop])).toEqual([]);
});

it.each([
  ['text that is no text', { ...text('a'), delta: { type: 'text_delta', text: 1 } }],
  ['input of a block that was never opened', toolInput('{')],
  ['a call without an id', { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', name: 'f' } }],
  ['a block without a number', { type: 'content_block_start', content_block: { type: 'text', text: '' } }],
])('reports %s as an unreadable answer', (_what, event) => {
  expect(decode([start, event]).at(-1)).toMatchObject({ type: 'error', status: 502 });
});

it('holds only so many open blocks', () => {
  const opened = Array.from({ length: 1025 }, (_, index) => ({
    type: 'content_block_start',
    index,
    content_block: { type: 'text', text: '' },
  }));
  expect(decode([start, ...opened]).at(-1)).toMatchObject({ type: 'error', status: 502 });
});

it('never throws, whatever the events', () => {
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('text', 'tool_use', 'text_delta', 'input_json_delta', 0, {}));
  const type = fc.constantFrom(
    ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['message_delta', 'message_stop', 'error', 'ping', 'completion', 'toString', '__proto__'],
  );
  const names = ['index', 'message', 'content_block', 'delta', 'usage', 'error', 'completion', 'stop_reason'];
  const event = fc.record({ type, ...Object.fromEntries(names.map((name) => [name, field])) }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(event, fc.constant(start), fc.jsonValue(), fc.constant(toolStart('f')))),
      (events) => {
        for (const strict of [true, false]) {
          expect(() =>
            run(messagesDecoder(context(undefined, strict)), JSON.parse(JSON.stringify(events))),
          ).not.toThrow();
          const older = complete.stream?.decoder(context(undefined, strict));
          expect(() => older && run(older, JSON.parse(JSON.stringify(events)))).not.toThrow();
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('answers in the older functions dialect where the request spoke it', () => {
  const request = { functions: [{ name: 'f' }] };
  const items = decode([start, toolStart('f'), toolInput('{}'), toolStop, outcome('tool_use', 4), stop], request);
  expect(deltas(items)).toEqual([
    { role: 'assistant', content: '' },
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{}' } },
    {},
  ]);
  expect(JSON.stringify(items)).toContain('"finish_reason":"function_call"');
});

it('gives the free text of a custom tool in one piece', () => {
  const request = { tools: [{ type: 'custom', custom: { name: 'sh' } }] };
  const items = decode([start, toolStart('sh'), toolInput('{"input":'), toolInput('"ls"}'), toolStop], request);
  expect(deltas(items).slice(1)).toEqual([
    { tool_calls: [{ index: 0, id: 't', type: 'custom', custom: { name: 'sh', input: '' } }] },
    { tool_calls: [{ index: 0, custom: { input: 'ls' } }] },
  ]);
});

it('gives the input of the tool for JSON as text, also when it came whole or not at all', () => {
  const last = (events: readonly Json[]) => deltas(decode([start, ...events])).at(-1);
  expect(last([toolStart('json_output', { a: 1 }), toolStop])).toEqual({ content: '{"a":1}' });
  expect(last([toolStart('json_output'), toolStop])).toEqual({ content: '{}' });
});

it('leaves a tool of the caller alone that is named like the one for JSON', () => {
  const request = { model: 'claude-haiku-4-5', tools: [{ type: 'function', function: { name: 'json_output' } }] };
  expect(deltas(decode([start, toolStart('json_output'), toolStop], request)).at(-1)).toEqual({
    tool_calls: [{ index: 0, function: { arguments: '{}' } }],
  });
});

it('reports an overloaded provider of text completions as well', () => {
  const decoder = complete.stream?.decoder(context());
  expect(decoder && run(decoder, [overloaded])).toMatchObject([{ type: 'error', status: 529 }]);
});
