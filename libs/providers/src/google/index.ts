import { headerKey } from '../auth/header-key.ts';
import { withLegacyFunctions } from '../chat/legacy-functions.ts';
import { googleModels } from '../models/list-models.ts';
import type { Provider } from '../spec/provider.ts';
import type { GeminiDialect } from './dialect.ts';
import { geminiEmbed } from './embed.ts';
import { googleError } from './errors.ts';
import { modelSegment } from './model.ts';
import { googleParams } from './params.ts';
import { geminiRequest } from './request.ts';
import { geminiAnswer } from './response.ts';
import { geminiStream } from './stream.ts';

const BASE_URL = 'https://generativelanguage.googleapis.com/v1beta';

const geminiApi: GeminiDialect = {
  params: googleParams,
  path: (model, isStream) =>
    `/models/${modelSegment(model)}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  sendsCallIds: true,
  asksForServerTools: true,
  nativeTools: [],
  fetchesUrls: (model) => model.isAtLeast(2, 5),
  fileUri: (fileId) => `${BASE_URL}/files/${encodeURIComponent(fileId.replace(/^files\//, ''))}`,
};

/** Google's Gemini API with an API key, in its native format. */
export const google: Provider = {
  id: 'google',
  baseUrl: () => BASE_URL,
  headers: headerKey('x-goog-api-key'),
  endpoints: {
    listModels: googleModels,
    chatComplete: withLegacyFunctions({
      toUpstream: geminiRequest(geminiApi),
      fromUpstream: geminiAnswer,
      stream: geminiStream,
    }),
    embed: geminiEmbed,
  },
  error: googleError('google'),
};
