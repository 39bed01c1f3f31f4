import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../spec/json.ts';
import { assembleChunks } from '../testing/assemble.ts';
import { type Vector, vectorContext } from '../testing/vectors.ts';
import { complete } from './complete.ts';
import { fromMessage } from './response.ts';
import { messagesDecoder } from './stream.ts';

/** The events with which the provider streams a whole message, its texts cut into pieces of the given length. */
const streamed = (message: JsonObject, blocks: readonly JsonObject[], size: number): Json[] => [
  {
    type: 'message_start',
    message: { ...message, content: [], stop_reason: null, usage: { ...counts(message), output_tokens: 1 } },
  },
  ...blocks.flatMap((block, index): Json[] => [
    { type: 'content_block_start', index, content_block: emptied(block) },
    { type: 'ping' },
    ...pieces(block, size).map((delta): Json => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]),
  {
    type: 'message_delta',
    delta: { stop_reason: message.stop_reason, stop_sequence: message.stop_sequence },
    usage: {
      output_tokens: counts(message).output_tokens,
      output_tokens_details: counts(message).output_tokens_details,
    },
  },
  { type: 'message_stop' },
];

const counts = ({ usage }: JsonObject): JsonObject => (isObject(usage) ? usage : {});

const emptied = (block: JsonObject): JsonObject => {
  if (block.type === 'text') return { type: 'text', text: '' };
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return block.type === 'tool_use' ? { ...block, input: {} } : block;
};

const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

const pieces = (block: JsonObject, size: number): JsonObject[] => {
  if (block.type === 'text') return cut(String(block.text), size).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'thinking') {
    const thoughts = cut(String(block.thinking), size).map((thinking) => ({ type: 'thinking_delta', thinking }));
    return [...thoughts, { type: 'signature_delta', signature: block.signature }];
  }
  if (block.type !== 'tool_use') return [];
  return ['', ...cut(JSON.stringify(block.input), size)].map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }));
};

const word = fc.string({ minLength: 1, maxLength: 20 });
const text = word.map((value): JsonObject => ({ type: 'text', text: value }));
const thinking = fc.tuple(word, word).map(([a, b]): JsonObject => ({ type: 'thinking', thinking: a, signature: b }));
const redacted = word.map((data): JsonObject => ({ type: 'redacted_thinking', data }));
const call = fc
  .tuple(
    word,
    fc.constantFrom('f', 'g'),
    fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(word, fc.integer(), fc.constant([{}]))),
  )
  .map(([id, name, input]): JsonObject => ({ type: 'tool_use', id, name, input }));
const jsonAnswer = fc.constantFrom<JsonObject>({ type: 'tool_use', id: 'j', name: 'json_output', input: { a: [1] } });
const blocks = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.oneof(text, thinking, redacted, call), { maxLength: 6 }) },
  { weight: 1, arbitrary: jsonAnswer.map((answer) => [answer]) },
);
const usage = fc.record(
  {
    input_tokens: fc.nat(999),
    output_tokens: fc.nat(999),
    cache_read_input_tokens: fc.nat(9),
    cache_creation_input_tokens: fc.nat(9),
    output_tokens_details: fc.record({ thinking_tokens: fc.nat(99) }),
    service_tier: fc.constantFrom('standard', 'priority', 'batch'),
  },
  { requiredKeys: ['input_tokens', 'output_tokens'] },
);

const vector: Vector = { id: 'v', fn: 'chatComplete', strict: true, options: { provider: 'anthropic' }, request: {} };
const asJson = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));

/** A plain answer says that there are no log probabilities; a chunk need not. */
const withoutLogprobs = (answer: JsonObject): JsonObject => ({
  ...answer,
  choices: (Array.isArray(answer.choices) ? answer.choices : []).map(({ logprobs: _none, ...rest }) => rest),
});

it('a streamed message adds up to the plain one: text, reasoning, calls, usage', () => {
  const reasons = fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'refusal', 'new_reason');
  fc.assert(
    fc.property(
      blocks,
      usage,
      reasons,
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      (content, used, stop_reason, strict, size) => {
        const message = {
          id: 'msg',
          model: 'claude',
          role: 'assistant',
          type: 'message',
          stop_reason,
          stop_sequence: null,
          usage: used,
        };
        const ctx = { ...vectorContext({ ...vector, strict }), includeUsage: true };
        const plain = fromMessage({ ...message, content }, ctx);
        const decoder = messagesDecoder(ctx);
        const items = streamed(message, content, size).flatMap((event) => [
          ...decoder.onEvent({ data: JSON.stringify(event) }),
        ]);
        const chunks = items.flatMap((item) => (item.type === 'chunk' ? [asJson(item.chunk)] : []));
        expect(items.at(-1)).toEqual({ type: 'end' });
        expect(assembleChunks(chunks)).toEqual(withoutLogprobs(asJson(plain.body)));
        expect(items.findLast(({ type }) => type === 'usage')).toEqual({ type: 'usage', usage: plain.usage });
      },
    ),
    { numRuns: 500 },
  );
});

it('a streamed text completion adds up to the plain one', () => {
  const whole = { type: 'completion', id: 'c', completion: ' up on a', stop_reason: 'max_tokens', model: 'claude-2.1' };
  const ctx = vectorContext({ ...vector, fn: 'complete' });
  const decoder = complete.stream?.decoder(ctx);
  const events = [
    ...cut(whole.completion, 3).map((completion) => ({ ...whole, completion, stop_reason: null })),
    { ...whole, completion: '' },
  ];
  const items = events.flatMap((event) => [...(decoder?.onEvent({ data: JSON.stringify(event) }) ?? [])]);
  const chunks = items.flatMap((item) => (item.type === 'chunk' ? [asJson(item.chunk)] : []));
  expect(assembleChunks(chunks)).toEqual(asJson(complete.fromUpstream(whole, {}, ctx).body));
});
