import { expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import { asFunctionCallAnswer, asFunctionCallChunk, speaksFunctions, withTools } from './legacy-functions.ts';

it('rewrites definitions, choice, calls and results', () => {
  const body = {
    model: 'm',
    functions: [{ name: 'f', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'done' },
    ],
  };
  expect(speaksFunctions(body)).toBe(true);
  expect(withTools(body)).toEqual({
    model: 'm',
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
    tool_choice: { type: 'function', function: { name: 'f' } },
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'f', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'f', name: 'f', content: 'done' },
    ],
  });
});

it('keeps a word as the choice and lets tools win over functions', () => {
  expect(withTools({ functions: [{ name: 'f' }], function_call: 'none' })).toMatchObject({ tool_choice: 'none' });
  expect(withTools({ functions: [{ name: 'f' }], tools: [], function_call: 'auto', tool_choice: 'none' })).toEqual({
    tools: [],
    tool_choice: 'none',
  });
});

it('returns the same object when the newer dialect is spoken', () => {
  const body = { messages: [{ role: 'user', content: 'Hi' }], tools: [], function_call: null };
  expect(withTools(body)).toBe(body);
  expect(speaksFunctions(body)).toBe(false);
});

it('answers in the older dialect, plain and in chunks', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const message = { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'd' }] };
  expect(asFunctionCallAnswer({ id: 'x', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })).toEqual({
    id: 'x',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        finish_reason: 'function_call',
      },
    ],
  });
  const chunk = (delta: JsonObject, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  expect(asFunctionCallChunk(chunk({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }))).toEqual(
    chunk({ function_call: { arguments: '{' } }),
  );
  expect(asFunctionCallChunk(chunk({ tool_calls: [{ index: 1, function: { arguments: '{' } }] }))).toEqual(chunk({}));
  expect(asFunctionCallChunk(chunk({}, 'tool_calls'))).toEqual(chunk({}, 'function_call'));
});
