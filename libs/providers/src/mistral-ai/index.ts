import { bearer } from '../auth/bearer.ts';
import { UnsupportedEndpoint } from '../call.ts';
import { withLegacyFunctions } from '../chat/legacy-functions.ts';
import { openAiModels } from '../models/list-models.ts';
import type { Provider } from '../spec/provider.ts';
import { mistralEmbed } from './embed.ts';
import { mistralError } from './errors.ts';
import { completeAnswer, completeStream, fimRequest, wantsFim } from './fim.ts';
import { chatRequest } from './request.ts';
import { chatAnswer } from './response.ts';
import { chatStream } from './stream.ts';

const ID = 'mistral-ai';

/**
 * Mistral's own API. Setting `mistral_fim_completion` ("true") sends chat and text completions to
 * fill-in-the-middle, the only text completions there are.
 */
export const mistralAi: Provider = {
  id: ID,
  baseUrl: () => 'https://api.mistral.ai/v1',
  headers: bearer,
  endpoints: {
    listModels: openAiModels,
    chatComplete: withLegacyFunctions({
      toUpstream: (body, ctx) => (wantsFim(ctx) ? fimRequest(body, ctx) : chatRequest(body, ctx)),
      fromUpstream: chatAnswer,
      stream: chatStream,
    }),
    complete: {
      toUpstream: (body, ctx) => {
        if (!wantsFim(ctx)) throw new UnsupportedEndpoint('complete', ID);
        return fimRequest(body, ctx);
      },
      fromUpstream: completeAnswer,
      stream: completeStream,
    },
    embed: mistralEmbed,
  },
  error: mistralError(ID),
};
