import { CHAT, EMBED, openAiCompatible } from '../openai-compatible/index.ts';
import { flatReasoningTokens } from '../openai-compatible/usage.ts';

/** Perplexity. No tools; usage and the message so far are on every chunk; sources come beside the choices. */
export const perplexityAi = openAiCompatible({
  id: 'perplexity-ai',
  baseUrl: 'https://api.perplexity.ai',
  endpoints: { ...CHAT, ...EMBED },
  drop: ['stop', 'seed', 'tools', 'tool_choice', 'parallel_tool_calls', 'logprobs', 'top_logprobs'],
  hasSingleChoice: true,
  clamp: { top_k: [0, 2048] },
  usage: [flatReasoningTokens],
  streamUsage: 'always',
  answerExtras: ['citations', 'search_results', 'images', 'related_questions'],
});
