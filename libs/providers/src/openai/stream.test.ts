import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';
import { assembleChunks } from '../testing/assemble.ts';
import { testContext } from '../testing/context.ts';
import { relayAnswer } from './response.ts';
import { relayDecoder, withoutNullUsage } from './stream.ts';

const chunk = (delta: JsonObject, finish: string | null = null, rest: JsonObject = {}): JsonObject => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

const run = (events: readonly (string | JsonObject)[], ctx = testContext()): StreamItem[] => {
  const decoder = relayDecoder(ctx);
  const items = events.flatMap((data) => [
    ...decoder.onEvent({ data: typeof data === 'string' ? data : JSON.stringify(data) }),
  ]);
  return [...items, ...decoder.onClose()];
};

const chunksOf = (items: readonly StreamItem[]): JsonObject[] =>
  items.flatMap((item) => (item.type === 'chunk' ? [item.chunk] : []));

it('hands on the text of a chunk that needs no change', () => {
  const text = `{ "choices": [] , "odd": 1.0 }`;
  expect(run([text])).toEqual([{ type: 'chunk', chunk: { choices: [], odd: 1 }, json: text }]);
});

it('writes no line feed into a frame of one line', () => {
  expect(run(['{"choices":\n[]}'])).toEqual([{ type: 'chunk', chunk: { choices: [] } }]);
});

it('a finish reason without [DONE] is a cut stream', () => {
  expect(run([chunk({}, 'stop')]).map(({ type }) => type)).toEqual(['chunk']);
});

it('says nothing after its end or an error', () => {
  expect(run(['[DONE]', chunk({ content: 'a' })])).toEqual([{ type: 'end' }]);
  expect(run(['{"error":{"message":"m"}}', '[DONE]']).map(({ type }) => type)).toEqual(['error']);
});

describe('an error in a stream stands for a status', () => {
  it.each<[JsonObject, number]>([
    [{ message: 'm', code: 'rate_limit_exceeded' }, 429],
    [{ message: 'm', type: 'insufficient_quota' }, 429],
    [{ message: 'm', type: 'invalid_request_error', code: 'context_length_exceeded' }, 400],
    [{ message: 'm', type: 'server_error' }, 500],
    [{ message: 'm', type: 'overloaded_error' }, 529],
    [{ message: 'm', code: 503 }, 503],
    [{ message: 'm', code: '429' }, 429],
    [{ message: 'm', type: 'constructor' }, 502],
    [{ message: 'm' }, 502],
  ])('%j: %i', (error, status) => {
    expect(run([{ error }])).toMatchObject([{ type: 'error', status, error: { message: 'm' } }]);
  });

  it('also in the shapes of other servers', () => {
    expect(run([{ object: 'error', message: 'too long', code: 400 }])).toMatchObject([{ type: 'error', status: 400 }]);
    expect(relayDecoder(testContext()).onEvent({ event: 'error', data: '{"message":"m"}' })).toMatchObject([
      { type: 'error', status: 502, error: { message: 'm' } },
    ]);
  });
});

it('reports an event it cannot read, and never throws', () => {
  expect(run(['{"choices":'])).toMatchObject([
    { type: 'error', status: 502, error: { type: 'invalid_upstream_response' } },
  ]);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (events) => {
      expect(() => run(events)).not.toThrow();
    }),
  );
});

it('meters usage whether or not the caller sees it', () => {
  const usage = {
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    prompt_tokens_details: { cached_tokens: 1 },
  };
  const last = { ...chunk({}), choices: [], usage, service_tier: 'flex' };
  const record = { promptTokens: 3, completionTokens: 2, totalTokens: 5, cacheReadTokens: 1, serviceTier: 'flex' };
  expect(run([last])).toMatchObject([{ type: 'usage', usage: record }]);
  expect(run([last], testContext({ includeUsage: true }))).toMatchObject([
    { type: 'usage', usage: record },
    { type: 'chunk', json: JSON.stringify(last) },
  ]);
});

it('leaves usage beside choices to callers outside strict mode only', () => {
  const mixed = chunk({}, 'stop', { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  expect(chunksOf(run([mixed]))[0]).not.toHaveProperty('usage');
  expect(chunksOf(run([mixed], testContext({ strict: false })))).toEqual([mixed]);
});

it('cuts usage:null out of the text only where that is certain', () => {
  expect(withoutNullUsage('{"a":1,"usage":null,"b":"x"}')).toBe('{"a":1,"b":"x"}');
  expect(withoutNullUsage('{"a":{"b":1,"usage":null},"usage":null}')).toBeUndefined();
  expect(withoutNullUsage('{"usage" : null}')).toBeUndefined();
  const quoted = JSON.stringify(chunk({ content: ',"usage":null' }, null, { usage: null }));
  const [item] = run([quoted]);
  expect(item).toMatchObject({ type: 'chunk', json: JSON.stringify(chunk({ content: ',"usage":null' })) });
});

it('a joined stream equals the plain answer', () => {
  const calls = [
    { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
    { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
  ];
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const plain = {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, tool_calls: calls },
        finish_reason: 'tool_calls',
      },
    ],
    usage,
  };
  const items = run(
    [
      chunk({ role: 'assistant', content: null, refusal: null }, null, { usage: null }),
      chunk({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }] }),
      chunk({}, 'tool_calls'),
      { ...chunk({}), choices: [], usage },
      '[DONE]',
    ],
    testContext({ includeUsage: true }),
  );
  const { usage: record, body } = relayAnswer('choices')(plain, {}, testContext());
  expect(assembleChunks(chunksOf(items))).toEqual(body);
  expect(items.findLast((item) => item.type === 'usage')).toEqual({ type: 'usage', usage: record });
});
