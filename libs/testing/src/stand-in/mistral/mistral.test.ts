import { describe, expect, test } from 'vitest';
import { eventsOf, standInFixture } from '../stand-in-fixture.ts';

const { post, running } = standInFixture('mistral-ai', { authorization: 'Bearer K' });

const user = { role: 'user', content: 'Please look' };
const chat = { model: 'mistral-small-latest', messages: [user] };
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
const call = (id: string) => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: '{}' } }],
});

test('a plain answer has the shape of this provider', async () => {
  running().script({ text: 'Four', thinking: 'Add.', usage: { cacheReadTokens: 64 } });
  expect(JSON.parse((await post('/chat/completions', chat)).text)).toMatchObject({
    object: 'chat.completion',
    choices: [
      {
        message: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Add.' }] },
            { type: 'text', text: 'Four' },
          ],
          tool_calls: null,
        },
        finish_reason: 'stop',
      },
    ],
    usage: { num_cached_tokens: 64 },
  });
});

test('a stream brings its usage unasked, in the last chunk', async () => {
  const data = eventsOf((await post('/chat/completions', { ...chat, stream: true })).text).map((event) => event.data);
  expect(data.at(-1)).toBe('[DONE]');
  expect(data.at(-2)).toMatchObject({
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 2, completion_tokens: 4 },
  });
});

test('a named tool is called with an id of nine characters, streamed as one piece', async () => {
  const plain = JSON.parse((await post('/chat/completions', { ...chat, tools })).text);
  expect(plain.choices[0].message.tool_calls[0].id).toMatch(/^[a-zA-Z0-9]{9}$/);
  const streamed = eventsOf((await post('/chat/completions', { ...chat, tools, stream: true })).text);
  expect(streamed.at(-2)?.data).toMatchObject({
    choices: [
      { delta: { tool_calls: [{ function: { name: 'look', arguments: '{}' } }] }, finish_reason: 'tool_calls' },
    ],
  });
});

test('embeddings answer', async () => {
  const { text } = await post('/embeddings', { model: 'codestral-embed', input: ['x'], output_dimension: 2 });
  expect(JSON.parse(text)).toMatchObject({ object: 'list', usage: { completion_tokens: 0 } });
});

describe('refusals', () => {
  test.each<[string, object, string, readonly (string | number)[]]>([
    ['an OpenAI parameter', { ...chat, user: 'u' }, 'extra_forbidden', ['body', 'user']],
    ['stream options', { ...chat, stream: true, stream_options: {} }, 'extra_forbidden', ['body', 'stream_options']],
    [
      'a foreign tool id',
      { ...chat, messages: [user, call('call_abc123'), user] },
      'value_error',
      ['body', 'messages', 1, 'tool_calls', 0, 'id'],
    ],
    [
      'a tool answer to nothing',
      { ...chat, messages: [user, { role: 'tool', tool_call_id: 'abcdefghi', content: '' }] },
      'value_error',
      ['body', 'messages', 1, 'tool_call_id'],
    ],
    [
      'an assistant at the end',
      { ...chat, messages: [user, { role: 'assistant', content: 'x' }] },
      'value_error',
      ['body', 'messages', 1],
    ],
    ['no content', { ...chat, messages: [{ role: 'user' }] }, 'missing', ['body', 'messages', 0, 'content']],
  ])('%s', async (_name, body, type, loc) => {
    const answer = await post('/chat/completions', body);
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text).detail).toMatchObject([{ type, loc }]);
  });

  test('no key, no such model', async () => {
    expect((await post('/chat/completions', chat, {})).status).toBe(401);
    expect((await post('/chat/completions', { ...chat, model: 'gpt-4o' })).status).toBe(400);
  });
});

test('a history with calls and answers is taken', async () => {
  const messages = [
    user,
    call('abcdefgh0'),
    { role: 'tool', tool_call_id: 'abcdefgh0', name: 'look', content: 'tree' },
  ];
  expect(JSON.parse((await post('/chat/completions', { ...chat, tools, messages })).text)).toMatchObject({
    choices: [{ message: { content: 'The tool said: tree' } }],
  });
});

test('a limit has the shape of this provider', async () => {
  running().script({ status: 429, message: 'Requests rate limit exceeded' });
  const limited = await post('/chat/completions', chat);
  expect([limited.status, JSON.parse(limited.text)]).toEqual([
    429,
    { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
  ]);
});
