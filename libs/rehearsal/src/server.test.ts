import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rehearsal, startRehearsal } from './server.ts';

let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await startRehearsal();
});

afterAll(() => rehearsal.close());

const post = (path: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(`${rehearsal.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });

interface Call {
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** The fields these tests look at, of every kind of answer. */
interface WireBody {
  readonly id: string;
  readonly choices: readonly [
    {
      readonly text: string;
      readonly finish_reason: string;
      readonly message: { readonly content: string; readonly tool_calls: readonly Call[] };
    },
  ];
  readonly data: readonly { readonly embedding: unknown }[];
  readonly usage: object;
}

const bodyOf = async (answer: Promise<Response>): Promise<WireBody> => JSON.parse(await (await answer).text());

const hello = [{ role: 'user', content: 'Hello there' }];

const chat = (model: string, more: object = {}, init: RequestInit = {}): Promise<Response> =>
  post('/chat/completions', { model, messages: hello, ...more }, init);

/** The data of every event, `[DONE]` included. */
const eventsOf = (text: string): string[] =>
  text.split('\n\n').flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []));

const streamed = async (model: string, more: object = {}): Promise<string[]> =>
  eventsOf(await (await chat(model, { stream: true, ...more })).text());

describe('chat', () => {
  test('the answer repeats the last user message and counts words', async () => {
    const body = await bodyOf(chat('rehearsal'));
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'rehearsal',
      choices: [{ index: 0, message: { role: 'assistant', content: expect.stringContaining('Hello there') } }],
      usage: { prompt_tokens: 2, completion_tokens: 9, total_tokens: 11 },
    });
  });

  test('equal requests get equal answers, others get another id', async () => {
    const [one, two, other] = await Promise.all([{}, {}, { seed: 1 }].map((more) => bodyOf(chat('rehearsal', more))));
    expect(one).toEqual(two);
    expect(other?.id).not.toBe(one?.id);
  });

  test('a stream carries the same text, finish and usage as the plain answer', async () => {
    const plain = await bodyOf(chat('rehearsal'));
    const events = await streamed('rehearsal', { stream_options: { include_usage: true } });
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event));
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      plain.choices[0].message.content,
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: plain.usage });
    expect(chunks.at(-2)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: null });
  });

  test('usage stays out of a stream that did not ask for it', async () => {
    expect((await streamed('rehearsal')).some((event) => event.includes('usage'))).toBe(false);
  });

  test('a token limit cuts the text and says so', async () => {
    const body = await bodyOf(chat('rehearsal', { max_tokens: 2 }));
    expect(body).toMatchObject({
      choices: [{ message: { content: 'Hello from ' }, finish_reason: 'length' }],
      usage: { completion_tokens: 2 },
    });
  });

  test('a schema in response_format is satisfied', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 3 } }, required: ['age'] };
    const body = await bodyOf(
      chat('rehearsal', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }),
    );
    expect(JSON.parse(body.choices[0].message.content)).toEqual({ age: 3 });
  });

  test('json_object gives an object', async () => {
    const body = await bodyOf(chat('rehearsal', { response_format: { type: 'json_object' } }));
    expect(JSON.parse(body.choices[0].message.content)).toEqual({ rehearsal: true });
  });
});

describe('tools', () => {
  const tool = (name: string) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  });
  const tools = [tool('get_weather'), tool('get_time')];
  const ask = (content: string) => [{ role: 'user', content }];

  test.each([
    ['every tool that is named', 'Use get_time and get_weather', {}, ['get_weather', 'get_time']],
    ['only one without parallel calls', 'get_time get_weather', { parallel_tool_calls: false }, ['get_weather']],
    [
      'the tool that must be chosen',
      'hi',
      { tool_choice: { type: 'function', function: { name: 'get_time' } } },
      ['get_time'],
    ],
    ['some tool when one is required', 'hi', { tool_choice: 'required' }, ['get_weather']],
  ])('calls %s', async (_name, content, more, names) => {
    const body = await bodyOf(chat('rehearsal', { messages: ask(content), tools, ...more }));
    expect(body.choices[0].finish_reason).toBe('tool_calls');
    const calls = body.choices[0].message.tool_calls;
    expect(calls.map((call) => call.function.name)).toEqual(names);
    expect(calls.map((call) => JSON.parse(call.function.arguments))).toEqual(names.map(() => ({ city: 'city' })));
    expect(new Set(calls.map((call) => call.id)).size).toBe(names.length);
  });

  test.each([
    ['no tool is named', 'hi', {}],
    ['tools are switched off', 'get_time', { tool_choice: 'none' }],
  ])('answers in text when %s', async (_name, content, more) => {
    const body = await bodyOf(chat('rehearsal', { messages: ask(content), tools, ...more }));
    expect(body.choices[0].finish_reason).toBe('stop');
  });

  test('a tool result is answered in text', async () => {
    const messages = [...ask('get_time'), { role: 'tool', tool_call_id: 'call_1', content: '10:00' }];
    const body = await bodyOf(chat('rehearsal', { messages, tools }));
    expect(body.choices[0].message.content).toContain('10:00');
  });

  test('streamed calls add up to the plain ones', async () => {
    const messages = ask('get_weather get_time');
    const plain = await bodyOf(chat('rehearsal', { messages, tools }));
    const events = await streamed('rehearsal', { messages, tools });
    const calls: Call[] = [];
    for (const event of events.slice(0, -1)) {
      for (const delta of JSON.parse(event).choices[0].delta.tool_calls ?? []) {
        const call = calls[delta.index];
        if (call === undefined) calls[delta.index] = { id: delta.id, type: delta.type, function: delta.function };
        else
          calls[delta.index] = {
            ...call,
            function: { ...call.function, arguments: call.function.arguments + delta.function.arguments },
          };
      }
    }
    const shape = ({ type, function: called }: Call) => ({ type, function: called });
    expect(calls.map(shape)).toEqual(plain.choices[0].message.tool_calls.map(shape));
  });
});

describe('other endpoints', () => {
  test('completions, plain and streamed', async () => {
    const plain = await bodyOf(post('/completions', { model: 'rehearsal', prompt: 'Once' }));
    expect(plain).toMatchObject({ object: 'text_completion', choices: [{ text: expect.stringContaining('Once') }] });
    const response = await post('/completions', { model: 'rehearsal', prompt: 'Once', stream: true });
    const chunks = eventsOf(await response.text()).slice(0, -1);
    expect(chunks.map((chunk) => JSON.parse(chunk).choices[0].text).join('')).toBe(plain.choices[0].text);
  });

  test('embeddings in both encodings hold the same numbers', async () => {
    const request = { model: 'rehearsal', input: ['a cat', 'a dog'], dimensions: 8 };
    const floats = await bodyOf(post('/embeddings', request));
    const packed = await bodyOf(post('/embeddings', { ...request, encoding_format: 'base64' }));
    expect(floats.data).toHaveLength(2);
    const bytes = Buffer.from(String(packed.data[1]?.embedding), 'base64');
    expect(Array.from({ length: 8 }, (_, at) => bytes.readFloatLE(at * 4))).toEqual(floats.data[1]?.embedding);
    expect(floats.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
  });

  test('models are listed', async () => {
    const body = await bodyOf(fetch(`${rehearsal.url}/models`));
    expect(body.data[0]).toMatchObject({ id: 'rehearsal', object: 'model' });
  });
});

describe('refusals', () => {
  test.each([
    ['a foreign model', '/chat/completions', { model: 'gpt-4o', messages: hello }, 404],
    ['a wrong option', '/chat/completions', { model: 'rehearsal:oops', messages: hello }, 400],
    ['no model', '/chat/completions', { messages: hello }, 400],
    ['no messages', '/chat/completions', { model: 'rehearsal' }, 400],
    ['no input', '/embeddings', { model: 'rehearsal' }, 400],
    ['no JSON', '/chat/completions', '{"model":', 400],
    ['an unknown path', '/nowhere', {}, 404],
    ['a body that is too long', '/chat/completions', ' '.repeat(16 * 1024 * 1024 + 1), 413],
  ])('%s', async (_name, path, body, status) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String), type: 'invalid_request_error' },
    });
  });
});
