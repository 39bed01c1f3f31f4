import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { arrayAt, isObject, type Json, type JsonObject } from '../spec/json.ts';
import type { StreamItem } from '../spec/provider.ts';
import { assembleChunks } from '../testing/assemble.ts';
import { decode, encodeSse, type Vector, vectorContext } from '../testing/vectors.ts';
import { google } from './index.ts';

const vector = (strict: boolean, request: JsonObject = {}): Vector => ({
  id: 'x',
  fn: 'stream-chatComplete',
  strict,
  options: { provider: 'google' },
  request: { model: 'gemini-2.5-flash', ...request },
});

const run = (events: readonly Json[], of: Vector): StreamItem[] =>
  decode(of, google, [encodeSse(events.map((data) => ({ data })))]);

/** The same answer, one part an event, with growing usage. */
const inPieces = (answer: JsonObject): readonly JsonObject[] => {
  const { candidates: _candidates, usageMetadata, ...head } = answer;
  const pieces = arrayAt(answer, 'candidates').flatMap((candidate) => {
    if (!isObject(candidate)) return [];
    const { content, finishReason, ...rest } = candidate;
    const parts = isObject(content) ? arrayAt(content, 'parts') : [];
    const middle = parts.map((part) => ({ index: candidate.index, content: { role: 'model', parts: [part] } }));
    return [...middle, { ...rest, finishReason }];
  });
  return pieces.map((candidate, at) => ({
    ...head,
    candidates: [candidate],
    usageMetadata: at === pieces.length - 1 ? usageMetadata : { promptTokenCount: 1 },
  }));
};

const usageMetadata = {
  promptTokenCount: 5,
  candidatesTokenCount: 7,
  thoughtsTokenCount: 2,
  cachedContentTokenCount: 1,
};
const head = { usageMetadata, responseId: 'r', modelVersion: 'gemini-2.5-flash-001' };
const call = (name: string, extra: JsonObject = {}) => ({ functionCall: { name, args: { a: [1, 'é'] } }, ...extra });
const answers: Readonly<Record<string, JsonObject>> = {
  text: { parts: [{ text: 'A ' }, { text: 'kite' }] },
  nothing: { parts: [] },
  tools: { parts: [{ text: 'So' }, call('f')] },
  'parallel tools': {
    parts: [call('f', { thoughtSignature: 'cw==' }), call('f'), call('g', { functionCall: { name: 'g' } })],
  },
  reasoning: {
    parts: [
      { text: 'Hm', thought: true },
      { text: 'm', thought: true, thoughtSignature: 'cw==' },
      { text: 'A' },
      { text: 'B' },
    ],
  },
  'thoughts between texts': { parts: [{ text: 'A' }, { text: 'Hm', thought: true }, { text: 'B' }] },
};

describe.each([true, false])('with strict %s', (strict) => {
  it.each(Object.keys(answers))('a stream adds up to the plain answer: %s', (name) => {
    const candidate = {
      content: { role: 'model', ...answers[name] },
      finishReason: 'STOP',
      index: 0,
      safetyRatings: [{}],
    };
    const answer = { ...head, candidates: [candidate] };
    const plain = google.endpoints.chatComplete?.fromUpstream(answer, {}, vectorContext(vector(strict)));
    for (const include_usage of [true, false]) {
      const items = run(inPieces(answer), vector(strict, { stream: true, stream_options: { include_usage } }));
      const whole = assembleChunks(items.flatMap((item) => (item.type === 'chunk' ? [item.chunk] : [])));
      const { usage, ...body } = plain?.body ?? {};
      const expected = !strict || include_usage ? { ...body, usage } : body;
      const choices = arrayAt(whole, 'choices').map((choice) =>
        isObject(choice) ? { ...choice, logprobs: null } : choice,
      );
      expect({ ...whole, choices }).toEqual(expected);
      expect(items.filter((item) => item.type === 'usage').at(-1)).toEqual({ type: 'usage', usage: plain?.usage });
      expect(items.at(-1)).toEqual({ type: 'end' });
    }
  });
});

it('a stream cut before its finish reason never ends', () => {
  const answer = {
    ...head,
    candidates: [{ content: { parts: [{ text: 'a' }, call('f')] }, finishReason: 'STOP', index: 0 }],
  };
  const pieces = inPieces(answer);
  for (let kept = 0; kept < pieces.length; kept++) {
    expect(run(pieces.slice(0, kept), vector(true)).some(({ type }) => type === 'end')).toBe(false);
  }
  expect(run(pieces, vector(true)).at(-1)).toEqual({ type: 'end' });
});

it('odd events are reported once and end the stream', () => {
  for (const odd of ['nonsense', '[]', '7', 'null', '{"candidates":5}', '{"candidates":[5]}'] as const) {
    const items = run([odd, { candidates: [{ finishReason: 'STOP' }] }], vector(true));
    expect(items).toMatchObject([{ type: 'error', status: 502, error: { type: 'invalid_upstream_response' } }]);
  }
});

it('an error carries the status it stands for', () => {
  expect(run([{ error: { code: 429, message: 'Slow', status: 'RESOURCE_EXHAUSTED' } }], vector(true))).toMatchObject([
    { type: 'error', status: 429 },
  ]);
  expect(run([{ error: {} }], vector(true))).toMatchObject([{ type: 'error', status: 502 }]);
});

it('no event makes the decoder or the plain mapping throw anything but a refusal', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('STOP', 'text'));
  const parts = fc.array(
    fc.oneof(
      fc.dictionary(fc.constantFrom('text', 'functionCall', 'inlineData', 'thought', 'thoughtSignature'), odd),
      odd,
    ),
  );
  const candidate = fc.record(
    { index: odd, content: fc.oneof(fc.record({ parts }), odd), finishReason: odd, logprobsResult: odd },
    { requiredKeys: [] },
  );
  const event = fc.record(
    {
      candidates: fc.oneof(fc.array(candidate), odd),
      usageMetadata: odd,
      promptFeedback: odd,
      error: odd,
      responseId: odd,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), fc.boolean(), (events, strict) => {
      const json: Json[] = JSON.parse(JSON.stringify(events));
      run(json, vector(strict));
      for (const answer of json) {
        try {
          if (isObject(answer)) google.endpoints.chatComplete?.fromUpstream(answer, {}, vectorContext(vector(strict)));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidUpstreamResponse);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('refuses a whole answer without candidates or a reason', () => {
  const from = google.endpoints.chatComplete?.fromUpstream;
  for (const answer of [{}, { candidates: [] }, { candidates: 'x' }, { promptFeedback: {} }]) {
    expect(() => from?.(answer, {}, vectorContext(vector(true)))).toThrow(InvalidUpstreamResponse);
  }
});

it('gives sound and several pieces of it as one', () => {
  const sound = (data: string) => ({ inlineData: { mimeType: 'audio/L16', data } });
  const answer = { candidates: [{ content: { parts: [sound('QQ=='), sound('Qg==')] } }] };
  const plain = google.endpoints.chatComplete?.fromUpstream(answer, {}, vectorContext(vector(true)));
  expect(plain?.body).toMatchObject({ choices: [{ message: { audio: { id: 'audio_id2', data: 'QUI=' } } }] });
});

it('refuses embeddings without vectors', () => {
  const from = google.endpoints.embed?.fromUpstream;
  for (const answer of [{}, { embeddings: [] }, { embedding: {} }, { embeddings: [{ values: 1 }] }]) {
    expect(() => from?.(answer, {}, vectorContext(vector(true)))).toThrow(InvalidUpstreamResponse);
  }
});

it('an error of any shape is read without throwing', () => {
  expect(google.error(500, undefined, '').message).toBe('HTTP 500');
  expect(google.error(500, { odd: 1 }, '').message).toBe('Invalid response received from google: {"odd":1}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: Json = JSON.parse(JSON.stringify(value));
      google.error(500, isObject(json) ? json : undefined, JSON.stringify(json));
      google.error(500, { error: json }, '');
    }),
  );
});
