import { describe, expect, test } from 'vitest';
import { eventsOf, standInFixture } from '../stand-in-fixture.ts';

const { post, running } = standInFixture('anthropic', { 'x-api-key': 'K', 'anthropic-version': '2023-06-01' });

const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] });
const request = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [user('Use get_time please')] };
const tools = [
  { name: 'get_time', input_schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] } },
];
const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_time', input: {} }] };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: '10:00' };

test('a plain answer has the whole shape, and input excludes the cache', async () => {
  running().script({ text: 'Hi.', usage: { promptTokens: 100, cacheReadTokens: 60, cacheWriteTokens: 30 } });
  const { status, text } = await post('/messages', request);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hi.' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 10, cache_read_input_tokens: 60, cache_creation_input_tokens: 30, output_tokens: 1 },
  });
});

test('a stream has every event in order, each named as its type', async () => {
  running().script({ text: 'Hello there', thinking: 'Hm.' });
  const { text } = await post('/messages', { ...request, stream: true });
  const events = eventsOf(text);
  expect(events.map((event) => event.event)).toEqual(events.map((event) => Object(event.data).type));
  expect(events.map((event) => event.event)).toEqual([
    'message_start',
    'ping',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('a named tool is called, plain and in fragments', async () => {
  const plain = JSON.parse((await post('/messages', { ...request, tools })).text);
  expect(plain).toMatchObject({
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', name: 'get_time', input: { zone: 'zone' } }],
  });
  const events = eventsOf((await post('/messages', { ...request, tools, stream: true })).text);
  const json = events.map((event) => Object(event.data).delta?.partial_json ?? '').join('');
  expect(JSON.parse(json)).toEqual({ zone: 'zone' });
});

test('a tool result is answered in text', async () => {
  const messages = [...request.messages, call, { role: 'user', content: [result] }];
  expect(JSON.parse((await post('/messages', { ...request, tools, messages })).text)).toMatchObject({
    content: [{ type: 'text', text: 'The tool said: 10:00' }],
  });
});

test('tokens are counted', async () => {
  const { max_tokens: _, ...prompt } = request;
  expect(JSON.parse((await post('/messages/count_tokens', prompt)).text)).toEqual({ input_tokens: 3 });
});

describe('refusals', () => {
  test.each<[string, object, string]>([
    ['a parameter of another provider', { ...request, n: 1 }, 'n: Extra inputs are not permitted'],
    ['no limit', { ...request, max_tokens: undefined }, 'max_tokens: Field required'],
    ['too much heat', { ...request, temperature: 1.5 }, 'temperature: must be a number from 0 to 1'],
    [
      'a system message among the others',
      { ...request, messages: [{ role: 'system', content: 'x' }] },
      'messages.0.role: must be one of user, assistant',
    ],
    ['an empty text', { ...request, messages: [user(' ')] }, 'messages.0.content.0.text: must match \\S'],
    [
      'an unanswered call',
      { ...request, messages: [...request.messages, call, user('and?')] },
      'messages.2.content: must answer every tool_use of the previous message',
    ],
    [
      'a result after text',
      {
        ...request,
        messages: [...request.messages, call, { role: 'user', content: [{ type: 'text', text: 'x' }, result] }],
      },
      'messages.2.content: must have its tool_result blocks first',
    ],
    ['a first turn of the assistant', { ...request, messages: [call] }, "messages.0.role: must be 'user'"],
    [
      'thinking beyond the limit',
      { ...request, thinking: { type: 'enabled', budget_tokens: 1024 } },
      'max_tokens: must exceed the thinking budget',
    ],
  ])('%s', async (_name, body, message) => {
    const answer = await post('/messages', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', message } });
  });

  test('no key, no version, no such model', async () => {
    expect((await post('/messages', request, { 'anthropic-version': '2023-06-01' })).status).toBe(401);
    expect((await post('/messages', request, { 'x-api-key': 'K' })).status).toBe(400);
    expect((await post('/messages', { ...request, model: 'gpt-4o' })).status).toBe(404);
  });
});

test('overload and in-stream errors have the shape of this provider', async () => {
  running().script({ status: 529, message: 'Overloaded' }, { errorAfter: 0, message: 'Broken' });
  const overloaded = await post('/messages', request);
  expect([overloaded.status, JSON.parse(overloaded.text).error]).toEqual([
    529,
    { type: 'overloaded_error', message: 'Overloaded' },
  ]);
  expect(eventsOf((await post('/messages', { ...request, stream: true })).text)).toEqual([
    { event: 'error', data: { type: 'error', error: { type: 'api_error', message: 'Broken' } } },
  ]);
});
