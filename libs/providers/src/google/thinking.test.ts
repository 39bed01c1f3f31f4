import { expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import { describeModel } from './model.ts';
import { thinkingConfigOf } from './thinking.ts';

const config = (model: string, body: JsonObject, strict = true) => {
  const notices: Notice[] = [];
  const thinking = thinkingConfigOf(body, describeModel(model), strict, (notice) => notices.push(notice));
  return { thinking, params: notices.map(({ kind, param }) => `${kind} ${param}`) };
};

it.each([
  ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }, ['replaced reasoning_effort']],
  ['gemini-2.5-pro', 'max', { thinkingBudget: 32768 }, []],
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }, []],
  ['gemini-2.5-flash', 'minimal', { thinkingBudget: 512 }, []],
  ['gemini-2.5-flash', 'low', { thinkingBudget: 1024 }, []],
  ['gemini-2.5-flash', 'xhigh', { thinkingBudget: 24576 }, []],
  ['gemini-2.5-flash-lite', 'minimal', { thinkingBudget: 512 }, []],
  ['gemini-2.5-flash-image', 'high', undefined, ['dropped reasoning_effort']],
  ['gemini-2.0-flash', 'high', undefined, ['dropped reasoning_effort']],
  ['gemini-2.0-flash', 'none', undefined, []],
  ['gemma-3-27b-it', 'low', undefined, ['dropped reasoning_effort']],
  ['gemini-3-pro-preview', 'minimal', { thinkingLevel: 'LOW' }, ['replaced reasoning_effort']],
  ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH' }, ['replaced reasoning_effort']],
  ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM' }, []],
  ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL' }, []],
  ['gemini-3.7-flash', 'minimal', { thinkingLevel: 'LOW' }, ['replaced reasoning_effort']],
  ['gemini-3.7-flash-lite', 'minimal', { thinkingLevel: 'MINIMAL' }, []],
  ['gemini-flash-latest', 'none', { thinkingLevel: 'LOW' }, ['replaced reasoning_effort']],
  ['gemini-9-nova', 'max', { thinkingLevel: 'HIGH' }, []],
  ['gemini-2.5-flash', 'enormous', undefined, ['dropped reasoning_effort']],
])('%s with effort %s', (model, effort, thinking, params) => {
  expect(config(model, { reasoning_effort: effort })).toEqual({ thinking, params });
});

it('shows thoughts only to callers that want more than OpenAI shapes, and only when there are any', () => {
  expect(config('gemini-2.5-flash', { reasoning_effort: 'low' }, false).thinking).toEqual({
    thinkingBudget: 1024,
    includeThoughts: true,
  });
  expect(config('gemini-2.5-flash', { reasoning_effort: 'none' }, false).thinking).toEqual({ thinkingBudget: 0 });
});

it.each([
  ['gemini-2.5-flash', { type: 'enabled' }, { includeThoughts: true }, []],
  ['gemini-2.5-flash', { type: 'enabled', budget_tokens: 7 }, { includeThoughts: true, thinkingBudget: 7 }, []],
  [
    'gemini-2.5-flash-lite',
    { type: 'enabled', budget_tokens: 7 },
    { includeThoughts: true, thinkingBudget: 512 },
    ['clamped thinking.budget_tokens'],
  ],
  ['gemini-3-pro', { type: 'enabled', budget_tokens: 7 }, { includeThoughts: true, thinkingBudget: 7 }, []],
  ['gemini-2.5-flash', { type: 'disabled' }, { includeThoughts: false, thinkingBudget: 0 }, []],
  ['gemini-2.5-flash', { type: 'adaptive' }, { includeThoughts: true, thinkingBudget: -1 }, []],
  ['gemini-3-pro', { type: 'adaptive' }, { includeThoughts: true }, []],
  ['gemini-3-pro', { type: 'odd' }, undefined, ['dropped thinking']],
  ['gemini-2.0-flash', { type: 'disabled' }, undefined, []],
])('%s with thinking %j', (model, given, thinking, params) => {
  expect(config(model, { thinking: given })).toEqual({ thinking, params });
});

it('takes null and the SDK placeholder for nothing asked', () => {
  expect(config('gemini-2.5-pro', { thinking: null, reasoning_effort: 'portkey-default' })).toEqual({
    thinking: undefined,
    params: [],
  });
});
