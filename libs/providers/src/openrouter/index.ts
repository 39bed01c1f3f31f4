import { CHAT, COMPLETE, EMBED, openAiCompatible } from '../openai-compatible/index.ts';
import { nestedEffort } from '../openai-compatible/reasoning.ts';
import { cacheCreationTokens } from '../openai-compatible/usage.ts';

/** OpenRouter. It passes cache marks on to the model's own provider, and names its price in `usage.cost`. */
export const openrouter = openAiCompatible({
  id: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  endpoints: { ...CHAT, ...COMPLETE, ...EMBED },
  extra: ['cache_control'],
  reasoning: nestedEffort,
  usage: [cacheCreationTokens],
  streamUsage: 'usage_include',
});
