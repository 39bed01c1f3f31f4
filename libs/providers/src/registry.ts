import { anthropic } from './anthropic/index.ts';
import { deepseek } from './deepseek/index.ts';
import { fireworksAi } from './fireworks-ai/index.ts';
import { google } from './google/index.ts';
import { groq } from './groq/index.ts';
import { mistralAi } from './mistral-ai/index.ts';
import { ollama } from './ollama/index.ts';
import { openai } from './openai/index.ts';
import { hosted } from './openai-compatible/hosted.ts';
import { openrouter } from './openrouter/index.ts';
import { perplexityAi } from './perplexity-ai/index.ts';
import type { Provider } from './spec/provider.ts';
import { togetherAi } from './together-ai/index.ts';
import { xAi } from './x-ai/index.ts';

/** Every provider there is. A new one is its folder and one line here. */
const all: readonly Provider[] = [
  openai,
  anthropic,
  deepseek,
  fireworksAi,
  google,
  groq,
  mistralAi,
  ollama,
  openrouter,
  perplexityAi,
  togetherAi,
  xAi,
  ...hosted,
];

export type ProviderRegistry = ReadonlyMap<string, Provider>;

/** All providers by id, with a deployment's own added. */
export const providerRegistry = (extra: readonly Provider[] = []): ProviderRegistry =>
  new Map([...all, ...extra].map((provider) => [provider.id, provider]));
