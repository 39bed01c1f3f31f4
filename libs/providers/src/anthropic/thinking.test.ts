import { expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import { noFindings } from './findings.ts';
import { claudeModel } from './models.ts';
import { toReasoning } from './thinking.ts';

const reason = (model: string, body: JsonObject, more: { maxTokens?: number; forcedChoice?: boolean } = {}) => {
  const findings = noFindings();
  const frame = { model: claudeModel(model), maxTokens: 64_000, forcedChoice: false, strict: true, ...more };
  const reasoning = toReasoning(body, frame, findings);
  return { ...reasoning, notes: findings.notices.map(({ kind, param }) => `${kind} ${param}`) };
};

const adaptive = { type: 'adaptive' };
const enabled = (budget_tokens: number) => ({ type: 'enabled', budget_tokens });

it.each([
  ['claude-opus-4-8', 'minimal', { thinking: adaptive, effort: 'low' }],
  ['claude-opus-4-8', 'xhigh', { thinking: adaptive, effort: 'xhigh' }],
  ['claude-sonnet-4-6', 'xhigh', { thinking: adaptive, effort: 'max' }],
  ['claude-sonnet-4-6', 'none', { thinking: { type: 'disabled' } }],
  ['claude-sonnet-4-5', 'none', {}],
  ['claude-sonnet-4-5', 'low', { thinking: enabled(1024) }],
  ['claude-sonnet-4-5', 'medium', { thinking: enabled(8192) }],
  ['claude-sonnet-4-5', 'max', { thinking: enabled(32_768) }],
  ['claude-opus-4-5', 'max', { thinking: enabled(32_768), effort: 'high' }],
  ['claude-opus-4-5', 'minimal', { thinking: enabled(1024), effort: 'low' }],
])('%s with effort %s', (model, reasoning_effort, expected) => {
  expect(reason(model, { reasoning_effort })).toEqual({ notes: [], ...expected });
});

it('leaves room for the answer, and gives up thinking where too little would be left', () => {
  expect(reason('claude-haiku-4-5', { reasoning_effort: 'high' }, { maxTokens: 2000 }).thinking).toEqual(enabled(1999));
  expect(reason('claude-haiku-4-5', { reasoning_effort: 'high' }, { maxTokens: 1024 })).toEqual({
    notes: ['dropped reasoning_effort'],
  });
});

it('says so where the model does not think or there is no such effort', () => {
  expect(reason('claude-3-5-haiku', { reasoning_effort: 'high' })).toEqual({ notes: ['dropped reasoning_effort'] });
  expect(reason('claude-opus-4-8', { reasoning_effort: 'wild' })).toEqual({ notes: ['dropped reasoning_effort'] });
  expect(reason('claude-3-5-haiku', { thinking: enabled(2000) })).toEqual({ notes: ['dropped thinking'] });
});

it('gives up thinking that comes from an effort when a tool is forced, but never explicit thinking', () => {
  const forced = { forcedChoice: true };
  expect(reason('claude-opus-4-8', { reasoning_effort: 'high' }, forced)).toEqual({
    notes: ['dropped reasoning_effort'],
  });
  expect(reason('claude-sonnet-5', { reasoning_effort: 'high' }, forced).thinking).toEqual({ type: 'disabled' });
  expect(reason('claude-opus-4-8', { thinking: adaptive }, forced)).toEqual({ thinking: adaptive, notes: [] });
});

it('translates explicit thinking between the two ways, and lets it count before an effort', () => {
  expect(reason('claude-opus-4-8', { thinking: { ...enabled(9000), display: 'omitted' } })).toEqual({
    thinking: { type: 'adaptive', display: 'omitted' },
    effort: 'high',
    notes: ['replaced thinking'],
  });
  expect(reason('claude-haiku-4-5', { thinking: adaptive })).toEqual({
    thinking: enabled(8192),
    notes: ['replaced thinking'],
  });
  expect(reason('claude-opus-4-6', { thinking: enabled(2000), reasoning_effort: 'max' })).toEqual({
    thinking: enabled(2000),
    notes: ['dropped reasoning_effort'],
  });
  expect(reason('some-alias', { thinking: enabled(2000) })).toEqual({ thinking: enabled(2000), notes: [] });
});

it('does not think to a budget over a history whose last calls lost their thinking', () => {
  const call = { role: 'assistant', tool_calls: [{ id: 'c' }] };
  const kept = { ...call, content_blocks: [{ type: 'thinking', thinking: 't', signature: 's' }] };
  expect(reason('claude-haiku-4-5', { reasoning_effort: 'low', messages: [call] })).toEqual({
    notes: ['dropped reasoning_effort'],
  });
  expect(reason('claude-haiku-4-5', { thinking: enabled(2000), messages: [call] })).toEqual({
    notes: ['dropped thinking'],
  });
  expect(reason('claude-haiku-4-5', { reasoning_effort: 'low', messages: [kept] }).thinking).toEqual(enabled(1024));
  expect(reason('claude-opus-4-8', { reasoning_effort: 'low', messages: [call] }).thinking).toEqual(adaptive);
});
