import { openAiCompatible } from '../openai-compatible/index.ts';
import type { TargetOptions } from '../spec/provider.ts';

/** A custom host may name the server alone or its OpenAI surface. */
const below =
  (path: string) =>
  ({ customHost = '' }: TargetOptions): string =>
    customHost.endsWith('/v1') ? path : `/v1${path}`;

/** Ollama, on a host of the caller's. It ignores some parameters in silence; here the caller is told. */
export const ollama = openAiCompatible({
  id: 'ollama',
  endpoints: {
    chatComplete: below('/chat/completions'),
    complete: below('/completions'),
    embed: below('/embeddings'),
  },
  drop: ['logit_bias', 'user'],
  hasSingleChoice: true,
});
