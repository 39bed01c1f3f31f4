import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../spec/json.ts';
import { BodyEdit } from './body-edit.ts';
import { applyModelRules } from './model-rules.ts';

const fitted = (body: JsonObject): JsonObject => {
  const edit = new BodyEdit(body);
  applyModelRules(edit);
  return edit.body;
};

describe('the effort moves to the nearest lower one that the model accepts, else to its lowest', () => {
  it.each([
    ['o3', 'none', 'low'],
    ['o4-mini', 'xhigh', 'high'],
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5-mini', 'max', 'high'],
    ['gpt-5-pro', 'low', 'high'],
    ['gpt-5.1', 'minimal', 'none'],
    ['gpt-5.1', 'xhigh', 'high'],
    ['gpt-5.2', 'xhigh', 'xhigh'],
    ['gpt-5.2', 'max', 'xhigh'],
    ['gpt-5.2-pro', 'minimal', 'medium'],
    ['gpt-5.6', 'max', 'max'],
    ['gpt-5.2', 'unheard-of', 'unheard-of'],
  ])('%s: %s becomes %s', (model, wanted, sent) => {
    expect(fitted({ model, reasoning_effort: wanted }).reasoning_effort).toBe(sent);
  });
});

describe('the service tier goes only where it is served', () => {
  it.each([
    ['gpt-4o', 'flex', false],
    ['o3', 'flex', true],
    ['o1', 'flex', false],
    ['gpt-5-chat-latest', 'flex', false],
    ['gpt-5-nano', 'flex', true],
    ['gpt-5-nano', 'priority', false],
    ['gpt-4.1', 'priority', true],
    ['gpt-3.5-turbo', 'fast', false],
    ['gpt-3.5-turbo', 'default', true],
  ])('%s %s: %s', (model, tier, isKept) => {
    expect(fitted({ model, service_tier: tier }).service_tier).toBe(isKept ? tier : undefined);
  });
});

it('lets a model sample when its reasoning is off', () => {
  const sampling = { temperature: 1, top_p: 0.5, logprobs: true };
  expect(fitted({ model: 'gpt-5.1', reasoning_effort: 'none', ...sampling })).toMatchObject(sampling);
  expect(fitted({ model: 'gpt-5.1', ...sampling })).toEqual({ model: 'gpt-5.1' });
  expect(fitted({ model: 'gpt-5', reasoning_effort: 'minimal', ...sampling })).toEqual({
    model: 'gpt-5',
    reasoning_effort: 'minimal',
  });
});

it('keeps the newer token limit when both are given', () => {
  expect(fitted({ model: 'o1', max_tokens: 1, max_completion_tokens: 2 })).toEqual({
    model: 'o1',
    max_completion_tokens: 2,
  });
});

it('speaks to each family in its own role', () => {
  const both = [{ role: 'system' }, { role: 'developer' }];
  expect(fitted({ model: 'o3', messages: both }).messages).toEqual([{ role: 'developer' }, { role: 'developer' }]);
  expect(fitted({ model: 'gpt-4.1', messages: both }).messages).toEqual([{ role: 'system' }, { role: 'system' }]);
});

it('spares plain models what only reasoning ones know', () => {
  expect(fitted({ model: 'gpt-4o', reasoning_effort: 'low', verbosity: 'low', max_tokens: 3 })).toEqual({
    model: 'gpt-4o',
    max_tokens: 3,
  });
  expect(fitted({ model: 'gpt-5-chat-latest', verbosity: 'low' }).verbosity).toBe('low');
  expect(fitted({ model: 'gpt-4o-mini-search-preview-2025', temperature: 1 }).temperature).toBeUndefined();
});
