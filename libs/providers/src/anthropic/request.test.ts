import { expect, it } from 'vitest';
import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { toMessages } from './request.ts';

const hi = [{ role: 'user', content: 'Hi' }];
const map = (body: JsonObject, strict = true) =>
  toMessages({ model: 'claude-haiku-4-5', messages: hi, ...body }, { strict });
const noted = (body: JsonObject): string[] => map(body).notices.map(({ kind, param }) => `${kind} ${param}`);

it('asks for as much as the model writes when no limit is given, and for less when the answer comes at once', () => {
  expect(map({ stream: true }).body.max_tokens).toBe(64_000);
  expect(map({}).body.max_tokens).toBe(16_384);
  expect(map({ model: 'claude-3-haiku-20240307' }).body.max_tokens).toBe(4096);
  expect(map({ model: 'my-alias', stream: true }).body.max_tokens).toBe(4096);
  expect(map({ max_tokens: 'portkey-default', max_completion_tokens: null }).body.max_tokens).toBe(16_384);
});

it('forwards a limit of a wrong type, so that the provider can refuse it', () => {
  expect(map({ max_tokens: '9' }).body.max_tokens).toBe('9');
});

it('reports every parameter that did not arrive as it was written', () => {
  expect(
    noted({
      seed: 1,
      logit_bias: {},
      metadata: {},
      odd: 1,
      temperature: 1.5,
      top_p: 0.5,
      service_tier: 'flex',
      user: 'u'.repeat(600),
    }),
  ).toEqual([
    'dropped seed',
    'dropped logit_bias',
    'dropped metadata',
    'dropped odd',
    'clamped temperature',
    'dropped service_tier',
    'dropped top_p',
    'clamped user',
  ]);
  expect(noted({ n: 1, stream: false, user: 'u' })).toEqual([]);
  expect(noted({ max_tokens: 5, max_completion_tokens: 6 })).toEqual(['dropped max_tokens']);
});

it('refuses several choices, audio, an unknown role and an empty file part, naming the place', () => {
  const refused = (body: JsonObject): string => {
    try {
      map(body);
    } catch (error) {
      if (error instanceof UnsupportedValue) return `${error.code} ${error.param}`;
    }
    return 'not refused';
  };
  const part = (content: JsonObject) => ({ messages: [...hi, { role: 'user', content: [content] }] });
  expect(refused({ n: 2 })).toBe('unsupported_value n');
  expect(refused(part({ type: 'input_audio', input_audio: {} }))).toBe('unsupported_value messages[1].content[0]');
  expect(refused({ messages: [{ role: 'wizard', content: '' }] })).toBe('unsupported_value messages[0].role');
  expect(refused(part({ type: 'file', file: {} }))).toBe('unsupported_value messages[1].content[0].file');
  expect(refused(part({ type: 'file', file: { file_data: 'data:text/plain;base64,%' } }))).toBe(
    'invalid_value messages[1].content[0].file.file_data',
  );
});

it('sends neither tools nor a choice when there are no tools', () => {
  const { body } = map({ tools: [], tool_choice: 'required', parallel_tool_calls: false });
  expect(body).not.toHaveProperty('tools');
  expect(body).not.toHaveProperty('tool_choice');
});

it('puts every public tool choice into the words of the provider', () => {
  const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }));
  const choice = (tool_choice: JsonObject | string, more: JsonObject = {}) =>
    map({ tools, tool_choice, ...more }).body.tool_choice;
  expect(choice('auto')).toEqual({ type: 'auto' });
  expect(choice('required')).toEqual({ type: 'any' });
  expect(choice('none', { parallel_tool_calls: false })).toEqual({ type: 'none' });
  expect(choice({ type: 'function', function: { name: 'a' } })).toEqual({ type: 'tool', name: 'a' });
  expect(map({ tools, parallel_tool_calls: false }).body.tool_choice).toEqual({
    type: 'auto',
    disable_parallel_tool_use: true,
  });
  const narrowed = map({
    tools,
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tools[1] ?? {}] } },
  }).body;
  expect(narrowed.tool_choice).toEqual({ type: 'any' });
  expect(narrowed.tools).toEqual([{ name: 'b', input_schema: { type: 'object', properties: {} } }]);
});

it('replaces arguments that are no JSON object, and says so', () => {
  const call = (args: string) => ({ id: 'c', type: 'function', function: { name: 'f', arguments: args } });
  const messages = [...hi, { role: 'assistant', content: null, tool_calls: ['', '[1]', '{"a":1}'].map(call) }];
  const { body, notices } = map({ messages });
  expect(body.messages).toMatchObject([{}, { content: [{ input: {} }, { input: {} }, { input: { a: 1 } }] }]);
  expect(notices).toMatchObject([{ kind: 'replaced', param: 'messages[1].tool_calls[1].function.arguments' }]);
});

it('keeps the last four cache breakpoints, parts of a tool result counted, and one less beside an automatic one', () => {
  const text = (id: number) => ({ type: 'text', text: `${id}`, cache_control: { type: 'ephemeral' } });
  const messages = [
    { role: 'user', content: [text(1), text(2)] },
    { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '' } }] },
    { role: 'tool', tool_call_id: 'c', content: [text(3), text(4)], cache_control: { type: 'ephemeral' } },
  ];
  const marks = (body: JsonObject) =>
    JSON.stringify(map({ messages, ...body }).body.messages).split('cache_control').length - 1;
  expect(marks({})).toBe(4);
  expect(marks({ cache_control: { type: 'ephemeral' } })).toBe(3);
  expect(map({ messages }).body.messages).toMatchObject([
    { content: [{ text: '1' }, { text: '2', cache_control: {} }] },
    {},
    {},
  ]);
  expect(JSON.stringify(map({ messages }).body.messages)).toContain('{"type":"text","text":"1"}');
  expect(map({ messages }).notices).toMatchObject([{ kind: 'dropped', param: 'cache_control' }]);
});

it('puts results of calls before what the user says in the same turn', () => {
  const messages = [
    ...hi,
    { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '' } }] },
    { role: 'user', content: 'wait' },
    { role: 'tool', tool_call_id: 'c', content: 'r' },
  ];
  expect(map({ messages }).body.messages).toMatchObject([
    {},
    {},
    { role: 'user', content: [{ type: 'tool_result' }, { type: 'text', text: 'wait' }] },
  ]);
});

it('lets the own output configuration of the caller count before what was derived', () => {
  const { body } = map({ model: 'claude-opus-4-8', reasoning_effort: 'low', output_config: { effort: 'max', x: 1 } });
  expect(body.output_config).toEqual({ effort: 'max', x: 1 });
});

it('sends sampling parameters only to models that take them', () => {
  const sampling = (model: string, body: JsonObject) => {
    const { temperature, top_p, top_k } = map({ model, ...body }).body;
    return { temperature, top_p, top_k };
  };
  expect(sampling('claude-opus-4-7', { temperature: 0.5, top_k: 3 })).toEqual({});
  expect(sampling('claude-opus-4-7', { temperature: 1 })).toEqual({ temperature: 1 });
  expect(sampling('claude-opus-4-7', { top_p: 0.99 })).toEqual({ top_p: 0.99 });
  expect(sampling('claude-haiku-4-5', { top_p: 0.5, top_k: 3 })).toEqual({ top_p: 0.5, top_k: 3 });
});
