import { describe, expect, test } from 'vitest';
import { eventsOf, standInFixture } from '../stand-in-fixture.ts';

const { post, running } = standInFixture('google', { 'x-goog-api-key': 'K' });

const PLAIN = '/models/gemini-2.5-flash:generateContent';
const STREAM = '/models/gemini-2.5-flash:streamGenerateContent?alt=sse';
const user = { role: 'user', parts: [{ text: 'Two by get_time' }] };
const request = { contents: [user] };
const tools = [
  {
    functionDeclarations: [
      {
        name: 'get_time',
        parameters: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
      },
    ],
  },
];
const call = { role: 'model', parts: [{ functionCall: { name: 'get_time', args: {} } }] };
const answer = { role: 'user', parts: [{ functionResponse: { name: 'get_time', response: { output: '10:00' } } }] };

test('the base URL ends in the version', () => {
  expect(running().url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1beta$/);
});

test('a plain answer has the whole shape, and output excludes thoughts', async () => {
  running().script({ text: 'Hi.', thinking: 'Well now' });
  expect(JSON.parse((await post(PLAIN, request)).text)).toMatchObject({
    candidates: [
      {
        content: { role: 'model', parts: [{ text: 'Well now', thought: true }, { text: 'Hi.' }] },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, thoughtsTokenCount: 2, totalTokenCount: 6 },
    modelVersion: 'gemini-2.5-flash',
  });
});

test('a stream carries the finish and the counts in its last event, and no end mark', async () => {
  const events = eventsOf((await post(STREAM, request)).text);
  expect(events.length).toBeGreaterThan(2);
  expect(events.at(-1)?.data).toMatchObject({
    candidates: [{ finishReason: 'STOP' }],
    usageMetadata: { candidatesTokenCount: 5 },
  });
  expect(events.slice(0, -1).some((event) => JSON.stringify(event.data).includes('finishReason'))).toBe(false);
});

test('without alt=sse a stream is one JSON array', async () => {
  const { text } = await post(STREAM.replace('?alt=sse', ''), request);
  expect(JSON.parse(text).length).toBeGreaterThan(2);
});

test('a named function is called with its signature, in one part', async () => {
  expect(JSON.parse((await post(PLAIN, { ...request, tools })).text)).toMatchObject({
    candidates: [
      {
        content: {
          parts: [{ functionCall: { name: 'get_time', args: { zone: 'zone' } }, thoughtSignature: expect.any(String) }],
        },
        finishReason: 'STOP',
      },
    ],
  });
});

test('embeddings and counts answer', async () => {
  const embed = { content: { parts: [{ text: 'a' }] }, outputDimensionality: 3 };
  expect(
    JSON.parse((await post('/models/gemini-embedding-001:embedContent', embed)).text).embedding.values,
  ).toHaveLength(3);
  const batch = { requests: [embed, embed].map((one) => ({ model: 'models/gemini-embedding-001', ...one })) };
  expect(
    JSON.parse((await post('/models/gemini-embedding-001:batchEmbedContents', batch)).text).embeddings,
  ).toHaveLength(2);
  expect(JSON.parse((await post('/models/gemini-2.5-flash:countTokens', request)).text)).toEqual({ totalTokens: 3 });
});

describe('refusals', () => {
  test.each<[string, object, string]>([
    ['an OpenAI parameter', { ...request, temperature: 1 }, 'Unknown name "temperature"'],
    [
      'a schema keyword it does not know',
      {
        ...request,
        tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'object', additionalProperties: false } }] }],
      },
      'Unknown name "additionalProperties"',
    ],
    [
      'another role',
      { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
      'contents.0.role must be one of user, model',
    ],
    ['an empty part', { contents: [{ role: 'user', parts: [{}] }] }, 'exactly one kind of data'],
    ['a call without its answer', { contents: [user, call, user] }, 'as many function responses'],
    ['an answer without its call', { contents: [user, answer] }, 'without a call before it'],
    [
      'a schema without its type',
      { ...request, generationConfig: { responseSchema: { type: 'object' } } },
      'application/json',
    ],
  ])('%s', async (_name, body, message) => {
    const refused = await post(PLAIN, body);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) },
    });
  });

  test('newer models want their signatures back', async () => {
    const body = { contents: [user, call, answer] };
    expect((await post(PLAIN, body)).status).toBe(200);
    const refused = await post('/models/gemini-3-flash-preview:generateContent', body);
    expect([refused.status, JSON.parse(refused.text).error.message]).toEqual([
      400,
      expect.stringContaining('thought_signature'),
    ]);
  });

  test('no key, no such model', async () => {
    expect((await post(PLAIN, request, { authorization: 'Bearer K' })).status).toBe(403);
    expect((await post('/models/gpt-4o:generateContent', request)).status).toBe(404);
  });
});

test('a wait is said in the body, and an error in the stream has the same shape', async () => {
  running().script({ status: 429, retryAfterS: 7 }, { errorAfter: 1 });
  const limited = await post(PLAIN, request);
  expect(limited.headers.get('retry-after')).toBeNull();
  expect(JSON.parse(limited.text).error).toMatchObject({
    status: 'RESOURCE_EXHAUSTED',
    details: [{ retryDelay: '7s' }],
  });
  expect(eventsOf((await post(STREAM, request)).text).at(-1)?.data).toMatchObject({
    error: { code: 500, status: 'INTERNAL' },
  });
});
