import { anthropicModels } from '../models/list-models.ts';
import type { Provider } from '../spec/provider.ts';
import { anthropicHeaders } from './auth.ts';
import { chatComplete } from './chat.ts';
import { complete } from './complete.ts';
import { messagesError } from './errors.ts';

/**
 * Anthropic: the Messages API, and the older Text Completions API for the models that still have it.
 * Settings: `anthropic_version` (date of the API, default 2023-06-01), `anthropic_beta` (comma-separated features).
 */
export const anthropic: Provider = {
  id: 'anthropic',
  baseUrl: () => 'https://api.anthropic.com/v1',
  headers: anthropicHeaders,
  endpoints: { chatComplete, complete, listModels: anthropicModels },
  error: messagesError('anthropic'),
};
