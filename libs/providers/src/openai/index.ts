import { bearer } from '../auth/bearer.ts';
import { openAiModels } from '../models/list-models.ts';
import type { HeaderMap, Provider, TargetOptions } from '../spec/provider.ts';
import { openAiError } from './errors.ts';
import { relayRequest } from './request.ts';
import { relayAnswer } from './response.ts';
import { relayDecoder } from './stream.ts';

/** Settings that become headers. */
const SETTING_HEADERS: Readonly<Record<string, string>> = {
  openai_organization: 'openai-organization',
  openai_project: 'openai-project',
  openai_beta: 'openai-beta',
};

const headers = (options: TargetOptions): HeaderMap => {
  const map: Record<string, string> = { ...bearer(options) };
  for (const setting in SETTING_HEADERS) {
    const value = options.settings[setting];
    const name = SETTING_HEADERS[setting];
    if (value !== undefined && value !== '' && name !== undefined) map[name] = value;
  }
  return map;
};

/**
 * OpenAI, and any server that speaks its API under a custom host. Answers are relayed as they are.
 * Settings: `openai_organization`, `openai_project`, `openai_beta`; `drop_unsupported_params` ("true") fits chat
 * bodies to what the model accepts.
 */
export const openai: Provider = {
  id: 'openai',
  baseUrl: () => 'https://api.openai.com/v1',
  headers,
  endpoints: {
    chatComplete: {
      toUpstream: relayRequest('/chat/completions', { isChat: true }),
      fromUpstream: relayAnswer('choices'),
      stream: { framing: 'sse', decoder: relayDecoder },
    },
    complete: {
      toUpstream: relayRequest('/completions', { isChat: false }),
      fromUpstream: relayAnswer('choices'),
      stream: { framing: 'sse', decoder: relayDecoder },
    },
    listModels: openAiModels,
    embed: { toUpstream: relayRequest('/embeddings', { isChat: false }), fromUpstream: relayAnswer('data') },
  },
  error: openAiError('openai'),
};
