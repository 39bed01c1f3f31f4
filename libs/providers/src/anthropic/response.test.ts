import { expect, it } from 'vitest';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { type Vector, vectorContext } from '../testing/vectors.ts';
import { complete } from './complete.ts';
import { fromMessage } from './response.ts';
import { toUsage } from './usage.ts';

const vector: Vector = { id: 'v', fn: 'chatComplete', strict: true, options: { provider: 'anthropic' }, request: {} };
const context = (request?: JsonObject) => ({ ...vectorContext(vector), request });

it.each<JsonObject>([
  {},
  { type: 'error', error: { message: 'x' } },
  { content: 'text' },
  { content: [1] },
  { content: [{ type: 'text' }] },
  { content: [{ type: 'tool_use', name: 'f' }] },
])('refuses a 2xx answer that is no message: %j', (body) => {
  expect(() => fromMessage(body, context())).toThrow(InvalidUpstreamResponse);
  expect(() => complete.fromUpstream(body, {}, context())).toThrow('Invalid response received from anthropic');
});

it('invents no usage, and falls back to an own id and the requested model', () => {
  const { body, usage } = fromMessage({ content: [] }, context({ model: 'claude-x' }));
  expect(usage).toBe(undefined);
  expect(body).toMatchObject({
    id: 'chatcmpl-id1',
    model: 'claude-x',
    choices: [{ message: { content: '' }, finish_reason: 'stop' }],
  });
  expect(body).not.toHaveProperty('usage');
});

it('answers in the older functions dialect where the request spoke it', () => {
  const content = [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }];
  const { body } = fromMessage({ content, stop_reason: 'tool_use' }, context({ functions: [{ name: 'f' }] }));
  expect(body.choices).toMatchObject([
    { message: { content: null, function_call: { name: 'f', arguments: '{"a":1}' } }, finish_reason: 'function_call' },
  ]);
});

it('gives a call of a custom tool back as one', () => {
  const content = [{ type: 'tool_use', id: 't', name: 'sh', input: { input: 'ls' } }];
  const { body } = fromMessage({ content }, context({ tools: [{ type: 'custom', custom: { name: 'sh' } }] }));
  expect(body.choices).toMatchObject([
    { message: { tool_calls: [{ id: 't', type: 'custom', custom: { name: 'sh', input: 'ls' } }] } },
  ]);
});

it('counts cache writes by how long they live, and what compaction spent', () => {
  expect(toUsage(undefined)).toBe(undefined);
  expect(toUsage({ service_tier: 'batch' })).toBe(undefined);
  expect(toUsage({ input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 5, service_tier: 'batch' })).toEqual(
    {
      promptTokens: 6,
      completionTokens: 2,
      totalTokens: 8,
      cacheWrite5mTokens: 5,
      serviceTier: 'batch',
    },
  );
  const iterations = (type: string) => [
    { type, input_tokens: 10, output_tokens: 1 },
    { type: 'message', input_tokens: 20, output_tokens: 2 },
    { type: 'advisor_message', input_tokens: 500, output_tokens: 500 },
  ];
  const raw = { input_tokens: 7, output_tokens: 7 };
  expect(toUsage({ ...raw, iterations: iterations('compaction') })).toMatchObject({
    promptTokens: 30,
    completionTokens: 3,
  });
  expect(toUsage({ ...raw, iterations: iterations('fallback_message') })).toMatchObject({
    promptTokens: 7,
    completionTokens: 7,
  });
});
