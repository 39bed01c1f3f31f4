import { CHAT, COMPLETE, openAiCompatible } from '../openai-compatible/index.ts';
import { effortNoneToHigh, effortNoneToXhigh } from '../openai-compatible/reasoning.ts';
import { completionExcludesReasoning } from '../openai-compatible/usage.ts';

/** Models that always reason and have no setting for it. */
const FIXED_EFFORT = /^grok-(4(-\d{4}|-latest)?|4-fast.*|code-.*)$/;
const REASONING = /^grok-(3-mini|4|code)(?!.*non-reasoning)/;

/** xAI. Its completion tokens exclude reasoning, its errors are plain text. */
export const xAi = openAiCompatible({
  id: 'x-ai',
  baseUrl: 'https://api.x.ai/v1',
  endpoints: { ...CHAT, ...COMPLETE },
  drop: ['presence_penalty', 'frequency_penalty', 'logit_bias'],
  dropFor: [
    { models: REASONING, drop: ['stop'] },
    { models: FIXED_EFFORT, drop: ['reasoning_effort'] },
  ],
  maxTokens: 'as-is',
  reasoning: (model) => (model.startsWith('grok-4.6') ? effortNoneToXhigh : effortNoneToHigh),
  usage: [completionExcludesReasoning],
});
