import type { Asked } from '../../exchange.ts';

export interface CallRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly asks: Asked;
}

/** The calls that an API key opens, by path. */
export const callRoutes: readonly CallRoute[] = [
  { method: 'POST', path: '/v1/chat/completions', asks: 'chatComplete' },
  { method: 'POST', path: '/v1/completions', asks: 'complete' },
  { method: 'POST', path: '/v1/embeddings', asks: 'embed' },
  { method: 'GET', path: '/v1/models', asks: 'listModels' },
  { method: 'GET', path: '/v1/models/*', asks: 'retrieveModel' },
  { method: 'POST', path: '/v1/prompts/:name/completions', asks: 'completePrompt' },
  { method: 'POST', path: '/v1/prompts/:name/generate', asks: 'completePrompt' },
  { method: 'POST', path: '/v1/prompts/:name/render', asks: 'renderPrompt' },
];
