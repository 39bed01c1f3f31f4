import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groq } from '../groq/index.ts';
import { providerRegistry } from '../registry.ts';
import { rehearsal } from '../rehearsal/index.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import type { CallContext, EndpointName, Provider, StreamItem, UpstreamRequest } from '../spec/provider.ts';
import { assembleChunks } from '../testing/assemble.ts';
import { testContext } from '../testing/context.ts';
import { hosted } from './hosted.ts';
import { openAiCompatible } from './index.ts';

const plain = openAiCompatible({
  id: 'plain',
  baseUrl: 'https://plain.example/v1',
  endpoints: { chatComplete: '/chat/completions' },
});
const messages = [{ role: 'user', content: 'Hi' }];

const request = (provider: Provider, body: JsonObject, name: EndpointName = 'chatComplete'): UpstreamRequest => {
  const made = provider.endpoints[name]?.toUpstream(body, testContext());
  if (made === undefined || made instanceof Promise) throw new Error('not a plain request');
  return made;
};

const run = (provider: Provider, events: readonly (string | JsonObject)[], ctx: CallContext): StreamItem[] => {
  const decoder = provider.endpoints.chatComplete?.stream?.decoder(ctx);
  if (decoder === undefined) throw new Error('no stream');
  const items = events.flatMap((data) => [
    ...decoder.onEvent({ data: typeof data === 'string' ? data : JSON.stringify(data) }),
  ]);
  return [...items, ...decoder.onClose()];
};

const chunk = (delta: JsonObject, finish: string | null = null, rest: JsonObject = {}): JsonObject => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...rest,
});

describe('requests', () => {
  it('hands on the very same body when nothing has to change', () => {
    const body = { model: 'm', messages, unheard_of: 1, tools: [{ type: 'function' }], max_tokens: 2 };
    expect(request(plain, body).body).toBe(body);
    expect(request(rehearsal('http://127.0.0.1:1/v1'), { ...body, max_completion_tokens: 2 }).notices).toEqual([]);
  });

  it('tells the caller of everything that was dropped, renamed or clamped', () => {
    const provider = openAiCompatible({
      id: 'odd',
      endpoints: { chatComplete: '/chat/completions' },
      drop: ['seed'],
      rename: { top_k: 'k' },
      clamp: { temperature: [0, 1] },
    });
    const { body, notices } = request(provider, {
      model: 'm',
      messages,
      seed: 1,
      top_k: 2,
      temperature: 2,
      max_completion_tokens: 3,
      reasoning_effort: 'low',
    });
    expect(body).toEqual({ model: 'm', messages, k: 2, temperature: 1, max_tokens: 3, reasoning_effort: 'low' });
    expect(notices.map(({ kind, param }) => `${kind} ${param}`)).toEqual([
      'dropped seed',
      'replaced top_k',
      'clamped temperature',
      'replaced max_completion_tokens',
    ]);
  });

  it('sends only known parameters under the allow policy', () => {
    const provider = openAiCompatible({
      id: 'strict',
      endpoints: { chatComplete: '/c' },
      policy: 'allow',
      extra: ['top_k'],
    });
    const { body, notices } = request(provider, { model: 'm', messages, top_k: 1, unheard_of: 1 });
    expect(body).toEqual({ model: 'm', messages, top_k: 1 });
    expect(notices.map(({ param }) => param)).toEqual(['unheard_of']);
  });

  it('refuses several answers where the provider gives one', () => {
    expect(() => request(groq, { model: 'm', messages, n: 2 })).toThrow(UnsupportedValue);
    expect(request(groq, { model: 'm', messages, n: 1 }).body).toEqual({ model: 'm', messages });
  });

  it('needs a custom host where there is no public one', () => {
    expect(() => providerRegistry().get('vllm')?.baseUrl({ settings: {} })).toThrow(UnsupportedValue);
    expect(() =>
      providerRegistry()
        .get('workers-ai')
        ?.baseUrl({ settings: { workers_ai_account_id: '../x' } }),
    ).toThrow(UnsupportedValue);
  });
});

describe('streams', () => {
  it('writes its id into the text of a chunk that needs nothing else', () => {
    const text = JSON.stringify(chunk({ role: 'assistant', content: 'a' }, null, { usage: null }));
    const [item] = run(plain, [text], testContext());
    if (item?.type !== 'chunk' || item.json === undefined) return expect.unreachable('no text');
    expect(JSON.parse(item.json)).toEqual({ ...chunk({ role: 'assistant', content: 'a' }), provider: 'plain' });
    expect(item.chunk).toEqual(JSON.parse(item.json));
  });

  it('a strict terminator takes a finish reason without [DONE] for a cut', () => {
    const events = [chunk({ role: 'assistant', content: 'a' }), chunk({}, 'stop')];
    expect(run(plain, events, testContext()).at(-1)).toEqual({ type: 'end' });
    expect(run(rehearsal('http://127.0.0.1:1/v1'), events, testContext()).map(({ type }) => type)).toEqual([
      'chunk',
      'chunk',
    ]);
  });

  it('is cut while a choice is unfinished', () => {
    const second = { index: 1, delta: { role: 'assistant', content: 'b' }, finish_reason: null };
    const events = [chunk({ role: 'assistant' }), chunk({}, null, { choices: [second] }), chunk({}, 'stop')];
    expect(run(plain, events, testContext()).map(({ type }) => type)).not.toContain('end');
  });

  it('does not lose a held finish chunk when the stream is cut or fails', () => {
    const ctx = testContext({ strict: false });
    const events = [chunk({ role: 'assistant', content: 'a' }), chunk({}, 'stop')];
    const provider = rehearsal('http://127.0.0.1:1/v1');
    expect(run(provider, events, ctx).map(({ type }) => type)).toEqual(['chunk', 'chunk']);
    expect(run(provider, [...events, { error: { message: 'm' } }], ctx).map(({ type }) => type)).toEqual([
      'chunk',
      'chunk',
      'error',
    ]);
  });

  it('never throws and never ends on odd input', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (events) => {
        const items = run(
          plain,
          events.filter((data) => data !== '[DONE]'),
          testContext(),
        );
        expect(items.some(({ type }) => type === 'end')).toBe(false);
      }),
    );
  });

  it('survives choices, deltas and calls of any shape', () => {
    const odd = fc.dictionary(
      fc.constantFrom(
        'index',
        'delta',
        'message',
        'finish_reason',
        'role',
        'content',
        'tool_calls',
        'function',
        'arguments',
        'id',
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(odd), (choices) => {
        expect(() => run(plain, [JSON.stringify({ choices })], testContext({ strict: false }))).not.toThrow();
      }),
    );
  });
});

describe('a joined stream equals the plain answer', () => {
  const calls = [
    { id: 'a', function: { name: 'f', arguments: { x: 1 } } },
    { id: 'b', function: { name: 'g', arguments: {} } },
  ];
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost: 0.5 };
  const cases: readonly [string, JsonObject, readonly JsonObject[], string][] = [
    ['text', { content: 'Hey' }, [{ content: 'H' }, { content: 'ey' }], 'stop'],
    [
      'reasoning',
      { content: 'Hey', reasoning: 'so so' },
      [{ reasoning: 'so ' }, { reasoning: 'so' }, { content: 'Hey' }],
      'length',
    ],
    [
      'tools',
      { content: null, tool_calls: calls },
      calls.map((call, index) => ({ tool_calls: [{ index, ...call }] })),
      'stop',
    ],
  ];
  it.each(cases)('%s', (_name, message, deltas, finish) => {
    const answer = plain.endpoints.chatComplete?.fromUpstream(
      {
        id: 'c1',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
        usage,
      },
      {},
      testContext(),
    );
    const items = run(
      plain,
      [...deltas.map((delta) => chunk(delta)), chunk({}, finish), { ...chunk({}), choices: [], usage }],
      testContext({ includeUsage: true }),
    );
    const chunks = items.flatMap((item) => (item.type === 'chunk' ? [item.chunk] : []));
    expect(assembleChunks(chunks)).toEqual(answer?.body);
    expect(items.findLast((item) => item.type === 'usage')).toEqual({ type: 'usage', usage: answer?.usage });
    expect(answer?.usage?.upstreamCostUsd).toBe(0.5);
  });
});

it('hosted rows have ids of their own and bases that a path can follow', () => {
  expect(new Set(hosted.map(({ id }) => id)).size).toBe(hosted.length);
  const settings = { workers_ai_account_id: 'a', snowflake_account: 'a' };
  const bases = hosted.flatMap((provider) => {
    try {
      return [provider.baseUrl({ settings })];
    } catch (error) {
      expect(error).toMatchObject({ code: 'missing_custom_host' });
      return [];
    }
  });
  expect(bases.length).toBeGreaterThan(90);
  for (const base of bases) expect(base).toMatch(/^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._-]+)*$/);
});
