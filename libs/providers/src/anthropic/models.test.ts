import { expect, it } from 'vitest';
import { claudeModel } from './models.ts';

it.each([
  ['claude-opus-5', 128_000, true, 'adaptive'],
  ['claude-sonnet-5-20260101', 128_000, true, 'adaptive'],
  ['claude-opus-4-7', 128_000, true, 'adaptive'],
  ['us.anthropic.claude-opus-4-6-v1:0', 128_000, true, 'both'],
  ['claude-opus-4-5@20251101', 64_000, true, 'budget'],
  ['claude-haiku-4-5', 64_000, true, 'budget'],
  ['claude-opus-4-1-20250805', 32_000, true, 'budget'],
  ['claude-sonnet-4-20250514', 64_000, false, 'budget'],
  ['claude-sonnet-4@20250514', 64_000, false, 'budget'],
  ['claude-sonnet-4-0', 64_000, false, 'budget'],
  ['claude-opus-4-0', 32_000, false, 'budget'],
  ['claude-3-7-sonnet-latest', 64_000, false, 'budget'],
  ['claude-3-5-sonnet-20241022', 8192, false, 'none'],
  ['claude-3-opus-20240229', 4096, false, 'none'],
  ['claude-next-9', 128_000, true, 'adaptive'],
  ['my-alias', 4096, false, 'unknown'],
])('%s', (id, maxOutputTokens, structuredOutput, thinking) => {
  expect(claudeModel(id)).toMatchObject({ maxOutputTokens, structuredOutput, thinking });
});

it('knows which models choose their own sampling', () => {
  expect(['claude-opus-4-7', 'claude-opus-5', 'claude-new'].map((id) => claudeModel(id).fixedSampling)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['claude-opus-4-6', 'claude-haiku-4-5', 'x'].map((id) => claudeModel(id).fixedSampling)).toEqual([
    false,
    false,
    false,
  ]);
});
