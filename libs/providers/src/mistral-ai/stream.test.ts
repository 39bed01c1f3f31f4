import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { arrayAt, isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';
import { assembleChunks } from '../testing/assemble.ts';
import { decode, encodeSse, type Vector, vectorContext } from '../testing/vectors.ts';
import { mistralAi } from './index.ts';

const vector = (strict: boolean, request: JsonObject = {}): Vector => ({
  id: 'x',
  fn: 'stream-chatComplete',
  strict,
  options: { provider: 'mistral-ai' },
  request: { model: 'mistral-small-latest', ...request },
});

const run = (events: readonly Json[], of: Vector): StreamItem[] =>
  decode(of, mistralAi, [encodeSse(events.map((data) => ({ data })))]);

const { chatComplete, complete, embed } = mistralAi.endpoints;
const mapped = [chatComplete, complete, embed].filter((endpoint) => endpoint !== undefined);

const head = { id: 'm', created: 1767225000, model: 'mistral-small-2603' };
const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12, num_cached_tokens: 2 };

const inPieces = (message: JsonObject, finish: string): readonly Json[] => {
  const { content, tool_calls: calls } = message;
  const texts = typeof content === 'string' ? [...content] : arrayAt(message, 'content').map((chunk) => [chunk]);
  const deltas: JsonObject[] = [
    { role: 'assistant', content: '' },
    ...texts.map((text) => ({ content: text })),
    ...(calls === undefined ? [] : [{ tool_calls: calls }]),
  ];
  const chunk = (delta: JsonObject, finish_reason: string | null, extra: JsonObject = {}): JsonObject => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
    ...extra,
  });
  return [...deltas.map((delta) => chunk(delta, null)), chunk({ content: '' }, finish, { usage }), '[DONE]'];
};

const call = (id: string, args: Json = '{"a":"é"}') => ({ id, index: 0, function: { name: 'f', arguments: args } });
const thinking = (text: string, extra: JsonObject = {}) => ({
  type: 'thinking',
  thinking: [{ type: 'text', text }],
  ...extra,
});
const answers: Readonly<Record<string, readonly [JsonObject, string]>> = {
  text: [{ content: 'A kite' }, 'stop'],
  nothing: [{ content: '' }, 'model_length'],
  tools: [{ content: 'So', tool_calls: [call('aaaaaaaaa')] }, 'tool_calls'],
  'parallel tools': [
    { content: '', tool_calls: [call('aaaaaaaaa'), call('null', { b: 1 }), call('ccccccccc')] },
    'tool_calls',
  ],
  reasoning: [{ content: [thinking('H'), thinking('m', { signature: 's' }), { type: 'text', text: 'A' }] }, 'stop'],
};

describe.each([true, false])('with strict %s', (strict) => {
  it.each(Object.keys(answers))('a stream adds up to the plain answer: %s', (name) => {
    const [message, finish] = answers[name] ?? [{}, 'stop'];
    const answer = { ...head, choices: [{ index: 0, message, finish_reason: finish }], usage };
    const plain = mistralAi.endpoints.chatComplete?.fromUpstream(answer, {}, vectorContext(vector(strict)));
    for (const include_usage of [true, false]) {
      const items = run(inPieces(message, finish), vector(strict, { stream_options: { include_usage } }));
      const whole = assembleChunks(items.flatMap((item) => (item.type === 'chunk' ? [item.chunk] : [])));
      const { usage: visible, ...body } = plain?.body ?? {};
      const expected = !strict || include_usage ? { ...body, usage: visible } : body;
      const choices = arrayAt(whole, 'choices').map((choice) =>
        isObject(choice) ? { ...choice, logprobs: null } : choice,
      );
      expect({ ...whole, choices }).toEqual(expected);
      expect(items.filter((item) => item.type === 'usage').at(-1)).toEqual({ type: 'usage', usage: plain?.usage });
      expect(items.at(-1)).toEqual({ type: 'end' });
    }
  });
});

it('a stream cut before [DONE] never ends', () => {
  const pieces = inPieces({ content: 'A', tool_calls: [call('aaaaaaaaa')] }, 'stop');
  for (let kept = 0; kept < pieces.length; kept++) {
    expect(run(pieces.slice(0, kept), vector(true)).some(({ type }) => type === 'end')).toBe(false);
  }
});

it('odd events are reported once and end the stream', () => {
  for (const odd of ['nonsense', '[]', '7', 'null'] as const) {
    expect(run([odd, '[DONE]'], vector(true))).toMatchObject([
      { type: 'error', status: 502, error: { type: 'invalid_upstream_response' } },
    ]);
  }
});

it('an error carries the status it stands for', () => {
  const failure = (extra: JsonObject) => run([{ object: 'error', message: 'x', ...extra }], vector(true));
  expect(failure({ raw_status_code: 503, code: '3500' })).toMatchObject([{ status: 503, error: { code: '3500' } }]);
  expect(failure({ code: 429 })).toMatchObject([{ status: 429, error: { code: '429' } }]);
  expect(failure({})).toMatchObject([{ status: 502 }]);
  expect(run([{ error: { message: 'y', type: 't' } }], vector(true))).toMatchObject([
    { error: { message: 'y', type: 't' } },
  ]);
});

it('no event makes the decoder or the plain mapping throw anything but a refusal', () => {
  const odd = fc.jsonValue();
  const part = fc.record(
    { content: odd, tool_calls: fc.oneof(fc.array(fc.record({ id: odd, index: odd, function: odd })), odd), role: odd },
    { requiredKeys: [] },
  );
  const choice = fc.record({ index: odd, delta: part, message: part, finish_reason: odd }, { requiredKeys: [] });
  const event = fc.record(
    { choices: fc.oneof(fc.array(choice), odd), usage: odd, error: odd, message: odd, detail: odd, id: odd, data: odd },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), fc.boolean(), (events, strict) => {
      const json: Json[] = JSON.parse(JSON.stringify(events));
      run([...json, '[DONE]'], vector(strict));
      for (const answer of json.filter(isObject)) {
        mistralAi.error(500, answer, '');
        for (const endpoint of mapped) {
          try {
            endpoint.fromUpstream(answer, {}, vectorContext(vector(strict)));
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidUpstreamResponse);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('refuses a whole answer of another shape', () => {
  for (const endpoint of mapped) {
    for (const answer of [{}, { choices: [], data: 'x' }, { choices: [1], data: [{}] }]) {
      expect(() => endpoint.fromUpstream(answer, {}, vectorContext(vector(true)))).toThrow(InvalidUpstreamResponse);
    }
  }
});
