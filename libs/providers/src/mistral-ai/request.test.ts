import { expect, it } from 'vitest';
import { UnsupportedEndpoint } from '../call.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import type { EndpointName, UpstreamRequest } from '../spec/provider.ts';
import { vectorContext } from '../testing/vectors.ts';
import { mistralAi } from './index.ts';
import { mistralToolId } from './tool-id.ts';

const map = (
  request: JsonObject,
  fn: EndpointName = 'chatComplete',
  settings: Record<string, string> = {},
): UpstreamRequest => {
  const ctx = vectorContext({ id: 'x', fn, strict: true, options: { provider: 'mistral-ai', ...settings }, request });
  const mapped = mistralAi.endpoints[fn]?.toUpstream(request, ctx);
  if (mapped === undefined || mapped instanceof Promise) throw new Error('expected a request at once');
  return mapped;
};

const noticesOf = (request: JsonObject) => map(request).notices.map(({ kind, param }) => `${kind} ${param}`);

const fim = { mistralFimCompletion: 'true' };
const hi = { model: 'mistral-large-latest', messages: [{ role: 'user', content: 'Hi' }] };

it('forwards a body that is in its terms already as the very same object', () => {
  const body = {
    ...hi,
    temperature: 0.5,
    stream: true,
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: {}, strict: true } }],
    tool_choice: 'auto',
    messages: [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: 'https://i.example/a.png' },
        ],
      },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'abcdefgh1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'abcdefgh1', name: 'f', content: 'x' },
    ],
  };
  expect(map(body).body).toBe(body);
  const embed = { model: 'mistral-embed', input: ['a'] };
  expect(map(embed, 'embed').body).toBe(embed);
  const prompt = { model: 'codestral-latest', prompt: 'a', suffix: 'b' };
  expect(map(prompt, 'complete', fim).body).toBe(prompt);
});

it('reports everything that does not arrive as written', () => {
  const request = {
    ...hi,
    model: 'mistral-small-latest',
    reasoning_effort: 'low',
    thinking: { type: 'enabled' },
    temperature: 2,
    logit_bias: {},
    odd: 1,
    tools: [{ type: 'custom', custom: { name: 'c' } }],
    messages: [
      { role: 'user', name: 'Ann', content: [{ type: 'video' }, { type: 'text', text: 'a', cache_control: {} }] },
    ],
  };
  expect(noticesOf(request).toSorted()).toEqual(
    [
      'replaced reasoning_effort',
      'dropped thinking',
      'clamped temperature',
      'dropped logit_bias',
      'dropped odd',
      'dropped tools[0]',
      'dropped messages[0].name',
      'dropped messages[0].content[0]',
      'dropped cache_control',
    ].toSorted(),
  );
  expect(noticesOf({ ...hi, reasoning_effort: 'high' })).toEqual(['dropped reasoning_effort']);
});

it('says nothing about null, the SDK placeholder and what steers only the answer', () => {
  const quiet = { ...hi, user: null, top_k: 'portkey-default', stream_options: { include_usage: true }, tools: [] };
  expect(map(quiet).notices).toEqual([]);
  expect(map(quiet).body).toEqual(hi);
});

it('replaces ids that do not fit, the same way in call and result', () => {
  expect(mistralToolId('call_abc123')).toBe('3d62e741f');
  expect(mistralToolId('abcDEF123')).toBe('abcDEF123');
  for (const id of ['', 'short', 'much_too_long_for_it', 'abcdefgh_'])
    expect(mistralToolId(id)).toMatch(/^[0-9a-f]{9}$/);
});

it('keeps thoughts written in the content and leaves encrypted ones out', () => {
  const content = [
    { type: 'redacted_thinking', data: 'x' },
    { type: 'thinking', thinking: 'Hm' },
    { type: 'text', text: 'A' },
  ];
  const messages = [
    { role: 'assistant', content },
    { role: 'user', content: 'Hi' },
  ];
  expect(map({ ...hi, messages }).body.messages).toMatchObject([
    {
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }], closed: true },
        { type: 'text', text: 'A' },
      ],
    },
    { content: 'Hi' },
  ]);
});

it('has text completions only as fill-in-the-middle', () => {
  const prompt = { model: 'codestral-latest', prompt: 'a' };
  expect(() => map(prompt, 'complete')).toThrow(UnsupportedEndpoint);
  expect(map(prompt, 'complete', fim).path).toBe('/fim/completions');
  expect(map({ ...hi, prompt: 'p' }, 'chatComplete', fim).body).toMatchObject({ prompt: 'p' });
  for (const odd of [['a', 'b'], [1], undefined]) {
    expect(() => map({ ...prompt, prompt: odd }, 'complete', fim)).toThrow(UnsupportedValue);
  }
  expect(() => map({ ...prompt, n: 2 }, 'complete', fim)).toThrow('n must be 1');
});

it('refuses token ids in embeddings', () => {
  expect(() => map({ model: 'mistral-embed', input: [1, 2] }, 'embed')).toThrow(UnsupportedValue);
});
