import { expect, it } from 'vitest';
import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { type Vector, vectorContext } from '../testing/vectors.ts';
import { google } from './index.ts';

const vector = (request: JsonObject, media: Vector['media'] = {}): Vector => ({
  id: 'x',
  fn: 'chatComplete',
  strict: true,
  options: { provider: 'google' },
  request,
  media,
});

const map = async (request: JsonObject) =>
  google.endpoints.chatComplete?.toUpstream(request, vectorContext(vector(request)));

const noticesOf = async (request: JsonObject): Promise<readonly string[]> =>
  ((await map(request))?.notices ?? []).map(({ kind, param }) => `${kind} ${param}`);

const hi = { model: 'gemini-3-pro', messages: [{ role: 'user', content: 'Hi' }] };

it('reports everything that does not arrive as written', async () => {
  const request = {
    ...hi,
    user: 'u',
    odd: 1,
    temperature: 9,
    stop: ['1', '2', '3', '4', '5', '6'],
    n: 9,
    top_logprobs: 3,
    service_tier: 'scale',
    audio: { voice: 'v' },
    response_format: { type: 'grammar' },
    parallel_tool_calls: false,
    tool_choice: { type: 'grammar' },
    tools: [
      { type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } },
      { type: 'custom', custom: { name: 'c' } },
    ],
    messages: [
      { role: 'user', name: 'Ann', content: [{ type: 'video' }] },
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '[1' } }] },
    ],
  };
  expect((await noticesOf(request)).toSorted()).toEqual(
    [
      'dropped user',
      'dropped odd',
      'clamped temperature',
      'clamped stop',
      'clamped n',
      'dropped top_logprobs',
      'dropped service_tier',
      'dropped audio',
      'dropped response_format',
      'dropped parallel_tool_calls',
      'dropped tool_choice',
      'dropped tools[1]',
      'dropped cache_control',
      'dropped messages[0].name',
      'dropped messages[0].content[0]',
      'replaced messages[1].tool_calls[0].function.thought_signature',
      'replaced messages[1].tool_calls[0].function.arguments',
    ].sort(),
  );
});

it('says nothing about what is sent, empty or steers only the answer', async () => {
  const quiet = {
    ...hi,
    stream: true,
    stream_options: { include_usage: true },
    n: 1,
    user: null,
    store: 'portkey-default',
    service_tier: 'auto',
    tools: [],
    tool_choice: 'none',
    response_format: { type: 'text' },
  };
  expect(await noticesOf(quiet)).toEqual([]);
});

it('refuses a body without a model', () => {
  const toUpstream = google.endpoints.chatComplete?.toUpstream;
  for (const model of [undefined, '', 'models/', 3]) {
    const request = { ...hi, model };
    expect(() => toUpstream?.(request, vectorContext(vector(request)))).toThrow(UnsupportedValue);
  }
});

it('names the part when its media cannot be fetched', async () => {
  const content = [
    { type: 'text', text: 'See' },
    { type: 'image_url', image_url: { url: 'http://img.example/a' } },
  ];
  await expect(map({ ...hi, messages: [{ role: 'user', content }] })).rejects.toMatchObject({
    code: 'media_download_failed',
    param: 'messages[0].content[1].image_url.url',
  });
});

it('sends built-in tools without a function choice', async () => {
  const tools = [
    { type: 'function', function: { name: 'url_context' } },
    { type: 'function', function: { name: 'codeExecution' } },
  ];
  const request = await map({ ...hi, tools, tool_choice: 'required' });
  expect(request?.body).toMatchObject({ tools: [{ urlContext: {} }, { codeExecution: {} }] });
  expect(request?.body.toolConfig).toBe(undefined);
  expect(request?.notices).toMatchObject([{ param: 'tool_choice' }]);
});

it('lets an own thinking config replace what effort would give', async () => {
  const request = await map({ ...hi, reasoning_effort: 'low', thinking_config: { thinking_budget: 5 } });
  expect(request?.body.generationConfig).toEqual({ thinkingConfig: { thinkingBudget: 5 } });
});

it('takes only the text of an instruction and says so', async () => {
  const content = [
    { type: 'text', text: 'A' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
  ];
  const request = await map({ ...hi, messages: [{ role: 'system', content }, ...hi.messages] });
  expect(request?.body.systemInstruction).toEqual({ parts: [{ text: 'A' }] });
  expect(request?.notices).toMatchObject([{ kind: 'dropped', param: 'messages[0].content' }]);
});

it('asks nothing of Gemma that only Gemini knows', async () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
  ];
  const request = await map({ model: 'gemma-3-27b-it', messages, reasoning_effort: 'none' });
  expect(request?.body).toEqual({
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    ],
  });
});
