import { CHAT, COMPLETE, EMBED, openAiCompatible } from '../openai-compatible/index.ts';

/** Together. Some of its models end with `eos`. */
export const togetherAi = openAiCompatible({
  id: 'together-ai',
  baseUrl: 'https://api.together.xyz/v1',
  endpoints: { ...CHAT, ...COMPLETE, ...EMBED },
  finish: { eos: 'stop' },
});
