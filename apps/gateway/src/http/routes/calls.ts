import type { EndpointName } from '@portolan/providers';

export interface CallRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly endpoint: EndpointName;
}

/** The calls that go to a provider, by path. */
export const callRoutes: readonly CallRoute[] = [
  { method: 'POST', path: '/v1/chat/completions', endpoint: 'chatComplete' },
  { method: 'POST', path: '/v1/completions', endpoint: 'complete' },
  { method: 'POST', path: '/v1/embeddings', endpoint: 'embed' },
  { method: 'GET', path: '/v1/models', endpoint: 'listModels' },
];
