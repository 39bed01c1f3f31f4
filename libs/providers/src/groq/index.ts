import { CHAT, openAiCompatible } from '../openai-compatible/index.ts';
import { effortNoneToHigh } from '../openai-compatible/reasoning.ts';

/** Groq. Reasoning comes under `reasoning`, the usage of a stream in `x_groq` of its last chunk. */
export const groq = openAiCompatible({
  id: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  endpoints: CHAT,
  drop: ['logprobs', 'top_logprobs', 'logit_bias'],
  hasSingleChoice: true,
  refusesMessageName: true,
  maxTokens: 'as-is',
  reasoning: effortNoneToHigh,
  streamUsage: 'x_groq',
  answerDrop: ['x_groq'],
});
