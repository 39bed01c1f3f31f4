import { describe, expect, test } from 'vitest';
import { eventsOf, standInFixture } from '../stand-in-fixture.ts';

const { post, running } = standInFixture('openai', { authorization: 'Bearer K' });

const user = { role: 'user', content: 'Weather by get_weather' };
const chat = { model: 'gpt-4o-mini', messages: [user] };
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

test('a plain answer has the whole shape', async () => {
  const { status, text, headers } = await post('/chat/completions', chat);
  expect(status).toBe(200);
  expect(headers.get('x-request-id')).toMatch(/^req_/);
  expect(JSON.parse(text)).toMatchObject({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
  });
});

test('a stream ends with usage when asked for, and every chunk before says null', async () => {
  const { text } = await post('/chat/completions', { ...chat, stream: true, stream_options: { include_usage: true } });
  const data = eventsOf(text).map((event) => event.data);
  expect(data.at(-1)).toBe('[DONE]');
  expect(data.at(-2)).toMatchObject({ choices: [], usage: { total_tokens: 8 } });
  expect(data.slice(0, -2).every((chunk) => Object(chunk).usage === null)).toBe(true);
});

test('a named tool is called, plain and streamed', async () => {
  const plain = await post('/chat/completions', { ...chat, tools });
  expect(JSON.parse(plain.text)).toMatchObject({
    choices: [
      {
        message: { content: null, tool_calls: [{ function: { name: 'get_weather', arguments: '{"city":"city"}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  });
  const streamed = await post('/chat/completions', { ...chat, tools, stream: true });
  expect(streamed.text).toContain('"finish_reason":"tool_calls"');
});

test('completions and embeddings answer', async () => {
  const completion = await post('/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Once' });
  expect(JSON.parse(completion.text)).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'You said: Once' }],
  });
  const stream = await post('/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Once', stream: true });
  expect(eventsOf(stream.text).at(-1)?.data).toBe('[DONE]');
  const embedding = await post('/embeddings', { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 4 });
  expect(JSON.parse(embedding.text).data.map((item: { embedding: number[] }) => item.embedding.length)).toEqual([4, 4]);
});

describe('refusals', () => {
  test.each<[string, object, number, string, string | null]>([
    ['an unknown parameter', { ...chat, portkey: 1 }, 400, 'unknown_parameter', 'portkey'],
    [
      'a parameter in the wrong place',
      { ...chat, messages: [{ ...user, cache_control: {} }] },
      400,
      'unknown_parameter',
      'messages[0].cache_control',
    ],
    ['no messages', { model: 'gpt-4o-mini' }, 400, 'missing_required_parameter', 'messages'],
    ['a value out of range', { ...chat, temperature: 3 }, 400, 'invalid_value', 'temperature'],
    [
      'stream options without a stream',
      { ...chat, stream_options: { include_usage: true } },
      400,
      'invalid_value',
      'stream_options',
    ],
    [
      'an answer to no call',
      { ...chat, messages: [user, { role: 'tool', tool_call_id: 'x', content: '' }] },
      400,
      'invalid_value',
      'messages[1].tool_call_id',
    ],
    [
      'the old limit on a reasoning model',
      { ...chat, model: 'gpt-5', max_tokens: 5 },
      400,
      'invalid_value',
      'max_tokens',
    ],
    ['a model of another provider', { ...chat, model: 'claude-haiku-4-5' }, 404, 'model_not_found', 'model'],
  ])('%s', async (_name, body, status, code, param) => {
    const answer = await post('/chat/completions', body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error).toMatchObject({ type: 'invalid_request_error', code, param });
  });

  test('no key', async () => {
    const answer = await post('/chat/completions', chat, { 'x-api-key': 'K' });
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([401, 'invalid_api_key']);
  });
});

test('null is taken for absent', async () => {
  expect((await post('/chat/completions', { ...chat, temperature: null, stop: null })).status).toBe(200);
});

test('an error in the stream has the shape of this provider and is the last event', async () => {
  running().script({ errorAfter: 2, message: 'Gone.' });
  const { text } = await post('/chat/completions', { ...chat, stream: true });
  const events = eventsOf(text);
  expect(events).toHaveLength(3);
  expect(events[2]?.data).toEqual({ error: { message: 'Gone.', type: 'server_error', param: null, code: null } });
});
