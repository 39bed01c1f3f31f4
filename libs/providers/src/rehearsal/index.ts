import { CHAT, COMPLETE, EMBED, openAiCompatible } from '../openai-compatible/index.ts';
import type { Provider } from '../spec/provider.ts';

/**
 * The stand-in provider for trying things out without an account: a local server in OpenAI's shape, no key needed.
 * Strict about its end: a stream without `[DONE]` was cut.
 * @param baseUrl  where it listens, version segment included
 */
export const rehearsal = (baseUrl: string): Provider =>
  openAiCompatible({
    id: 'rehearsal',
    baseUrl,
    endpoints: { ...CHAT, ...COMPLETE, ...EMBED },
    maxTokens: 'as-is',
    system: 'as-is',
    terminator: 'done',
  });
