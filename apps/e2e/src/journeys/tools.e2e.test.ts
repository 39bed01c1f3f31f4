import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, type Json } from '../set-up/json.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { configOf, OWN_FINISH, PROVIDERS } from '../set-up/providers.ts';
import { SDKS } from '../set-up/sdks.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform?.stop());

const tool = (name: string): object => ({
  type: 'function',
  function: {
    name,
    description: `The ${name} of a city`,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
});
const params = {
  model: 'gpt-3.5-turbo',
  messages: [{ role: 'user', content: 'What about Oslo?' }],
  tools: [tool('weather'), tool('population')],
};
const CALLS = [
  { name: 'weather', arguments: { city: 'Oslo' } },
  { name: 'population', arguments: { city: 'Oslo', detail: 'é "quoted"' } },
];

interface Called {
  readonly name: unknown;
  readonly arguments: unknown;
}

const plainCalls = (answer: Json | undefined): Called[] => {
  const calls = at(answer, 'choices', 0, 'message', 'tool_calls');
  return Array.isArray(calls)
    ? calls.map((call: Json) => called(at(call, 'function', 'name'), at(call, 'function', 'arguments')))
    : [];
};

/** Puts the deltas together the way every client does it: by index. */
function streamedCalls(chunks: readonly Json[]): Called[] {
  const parts = new Map<unknown, { name: string; text: string }>();
  for (const chunk of chunks) {
    const deltas = at(chunk, 'choices', 0, 'delta', 'tool_calls');
    for (const delta of Array.isArray(deltas) ? deltas : []) {
      const part = parts.get(at(delta, 'index')) ?? { name: '', text: '' };
      part.name += String(at(delta, 'function', 'name') ?? '');
      part.text += String(at(delta, 'function', 'arguments') ?? '');
      parts.set(at(delta, 'index'), part);
    }
  }
  return [...parts.values()].map(({ name, text }) => called(name, text));
}

const called = (name: unknown, text: unknown): Called => ({ name, arguments: JSON.parse(String(text)) });

describe.each(PROVIDERS)('tools with $provider', (choice) => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(choice.provider, { apiKey: choice.apiKey });
  });
  beforeEach(() => standIn.reset());
  afterAll(async () => standIn?.close());

  const kinds = [
    { what: 'one call', calls: CALLS.slice(0, 1) },
    { what: 'two calls in parallel', calls: CALLS },
  ];
  const cases = SDKS.flatMap((sdk) => kinds.map((kind) => ({ sdk, name: sdk.name, ...kind })));

  it.for(cases)('reach $name as $what, plainly and as a stream', async ({ sdk, calls }, { skip }) => {
    skip(!sdk.canRun, sdk.name);
    standIn.script({ toolCalls: calls }, { toolCalls: calls });
    const results = await sdk.run(platform, configOf(choice, standIn), [
      { id: 'plain', path: 'chat.completions.create', params },
      { id: 'stream', path: 'chat.completions.create', params: { ...params, stream: true } },
    ]);
    const [plain, stream] = [results.get('plain'), results.get('stream')];
    expect([plain?.error, stream?.error], JSON.stringify(standIn.requests.map((r) => r.problem))).toEqual([null, null]);
    expect(plainCalls(plain?.value)).toEqual(calls);
    expect(streamedCalls(stream?.items ?? [])).toEqual(calls);
    expect(at(plain?.value, 'choices', 0, 'finish_reason')).toBe(
      sdk.strict ? 'tool_calls' : OWN_FINISH[choice.provider].tools,
    );
  });

  it('take the result of a tool back to the model', async () => {
    const [sdk] = SDKS;
    standIn.script({ toolCalls: CALLS.slice(0, 1) });
    const asked = (
      await sdk?.run(platform, configOf(choice, standIn), [{ id: 'ask', path: 'chat.completions.create', params }])
    )?.get('ask');
    const message = at(asked?.value, 'choices', 0, 'message');
    const id = at(message, 'tool_calls', 0, 'id');
    const messages = [...params.messages, message, { role: 'tool', tool_call_id: id, content: 'rain, 4 degrees' }];
    const told = (
      await sdk?.run(platform, configOf(choice, standIn), [
        { id: 'tell', path: 'chat.completions.create', params: { ...params, messages } },
      ])
    )?.get('tell');
    expect(told?.error, JSON.stringify(standIn.requests.map((r) => r.problem))).toBeNull();
    expect(at(told?.value, 'choices', 0, 'message', 'content')).toContain('rain, 4 degrees');
  });
});
