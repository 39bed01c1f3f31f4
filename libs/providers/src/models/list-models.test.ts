import { expect, it } from 'vitest';
import { endpointOf, upstreamCall } from '../call.ts';
import { providerRegistry } from '../registry.ts';
import { InvalidUpstreamResponse } from '../spec/errors.ts';
import { testContext } from '../testing/context.ts';

const rows = [
  [
    'openai',
    'https://api.openai.com/v1/models',
    { object: 'list', data: [{ id: 'gpt-4o', object: 'model', owned_by: 'o' }] },
    'gpt-4o',
  ],
  ['groq', 'https://api.groq.com/openai/v1/models', { data: [{ id: 'llama' }] }, 'llama'],
  ['mistral-ai', 'https://api.mistral.ai/v1/models', { data: [{ id: 'codestral-latest' }] }, 'codestral-latest'],
  [
    'anthropic',
    'https://api.anthropic.com/v1/models?limit=1000',
    { data: [{ id: 'claude-x', type: 'model' }] },
    'claude-x',
  ],
  [
    'google',
    'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000',
    { models: [{ name: 'models/gemini-x' }] },
    'gemini-x',
  ],
] as const;

it.each(rows)('%s lists its models in the OpenAI form', async (id, url, answer, model) => {
  const provider = providerRegistry().get(id);
  if (provider === undefined) return expect.unreachable(id);
  const ctx = { ...testContext(), provider: id };
  const call = await upstreamCall(provider, 'listModels', {}, ctx);
  expect(call).toMatchObject({ method: 'GET', url });
  const { body } = endpointOf(provider, 'listModels').fromUpstream(answer, {}, ctx);
  expect(body).toMatchObject({ object: 'list', data: [{ id: model, object: 'model' }], provider: id });
});

it('an answer without a list is not an answer', () => {
  const provider = providerRegistry().get('openai');
  expect(() => provider?.endpoints.listModels?.fromUpstream({}, {}, testContext())).toThrow(InvalidUpstreamResponse);
});
