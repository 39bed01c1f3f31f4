import { bearer } from '../auth/bearer.ts';
import { withLegacyFunctions } from '../chat/legacy-functions.ts';
import { openAiModels } from '../models/list-models.ts';
import { openAiError } from '../openai/errors.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import type { EndpointAdapter, Provider, TargetOptions } from '../spec/provider.ts';
import { compatibleAnswer } from './answer.ts';
import type { CompatibleEndpoint, CompatibleProvider } from './descriptor.ts';
import { compatibleRequest } from './request.ts';
import { compatibleDecoder } from './stream.ts';

export type { CompatibleProvider } from './descriptor.ts';

/** Where an OpenAI-shaped provider has its endpoints, unless it says otherwise. */
export const CHAT = { chatComplete: '/chat/completions' } as const;
export const COMPLETE = { complete: '/completions' } as const;
export const EMBED = { embed: '/embeddings' } as const;

/**
 * A provider of the OpenAI family from its description.
 * `baseUrl` throws UnsupportedValue where the provider has no public host and the caller named none.
 */
export const openAiCompatible = (descriptor: CompatibleProvider): Provider => ({
  id: descriptor.id,
  baseUrl: (options) => baseUrlOf(descriptor, options),
  headers: descriptor.auth ?? bearer,
  endpoints: {
    listModels: openAiModels,
    ...('chatComplete' in descriptor.endpoints
      ? { chatComplete: withLegacyFunctions(endpoint(descriptor, 'chatComplete')) }
      : {}),
    ...('complete' in descriptor.endpoints ? { complete: endpoint(descriptor, 'complete') } : {}),
    ...('embed' in descriptor.endpoints ? { embed: endpoint(descriptor, 'embed') } : {}),
  },
  error: openAiError(descriptor.id),
});

const baseUrlOf = ({ id, baseUrl }: CompatibleProvider, options: TargetOptions): string => {
  if (typeof baseUrl === 'string') return baseUrl;
  if (baseUrl !== undefined) return baseUrl(options);
  throw new UnsupportedValue(`${id} needs a custom_host`, 'custom_host', 'missing_custom_host');
};

const CHUNK_OBJECTS = { chatComplete: 'chat.completion.chunk', complete: 'text_completion' } as const;

const endpoint = (descriptor: CompatibleProvider, name: CompatibleEndpoint): EndpointAdapter => ({
  toUpstream: compatibleRequest(descriptor, name),
  fromUpstream: compatibleAnswer(descriptor, name),
  ...(name === 'embed'
    ? {}
    : { stream: { framing: 'sse', decoder: compatibleDecoder(descriptor, CHUNK_OBJECTS[name]) } }),
});
