import { CHAT, COMPLETE, EMBED, openAiCompatible } from '../openai-compatible/index.ts';
import { effortLowToHigh } from '../openai-compatible/reasoning.ts';

/** Fireworks. The last chunk of a stream always has its usage. */
export const fireworksAi = openAiCompatible({
  id: 'fireworks-ai',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  endpoints: { ...CHAT, ...COMPLETE, ...EMBED },
  reasoning: effortLowToHigh,
  streamUsage: 'always',
});
