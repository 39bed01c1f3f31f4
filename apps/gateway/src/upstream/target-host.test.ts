import { type Provider, providerRegistry } from '@portolan/providers';
import { describe, expect, it } from 'vitest';
import { HeldCredential } from '../credentials/held-credential.ts';
import { keepAtHome } from './target-host.ts';

const providers = providerRegistry();

const providerOf = (id: string): Provider => {
  const provider = providers.get(id);
  if (provider === undefined) throw new Error(`there is no ${id}`);
  return provider;
};

const credentialOf = (provider: string, allowedHosts: string[] = []): HeldCredential =>
  new HeldCredential({
    credentialId: 'c',
    provider,
    settingsJson: '{}',
    secrets: [{ field: 'key', value: Buffer.from('a secret') }],
    allowedHosts,
    generation: 1,
    version: 1,
    freshFor: undefined,
    usableFor: undefined,
  });

describe('a stored credential', () => {
  it.each(['anthropic', 'google', 'mistral-ai', 'groq', 'openai', 'deepseek'])(
    'of %s goes to the provider itself',
    (id) => {
      const provider = providerOf(id);
      const url = provider.baseUrl({ settings: {} });
      expect(() => keepAtHome({ credential: credentialOf(id) }, url, provider)).not.toThrow();
    },
  );

  it('goes nowhere else, however alike it looks', () => {
    const groq = providerOf('groq');
    const credential = credentialOf('groq');
    for (const url of [
      'https://api.groq.com.example.org/openai/v1',
      'https://example.org/openai/v1',
      'http://api.groq.com/openai/v1',
      'https://api.anthropic.com/v1',
    ]) {
      expect(() => keepAtHome({ credential }, url, groq), url).toThrow('Invalid custom host');
    }
  });

  it('goes to no host that settings of a request made up', () => {
    const workers = providerOf('workers-ai');
    const url = workers.baseUrl({ settings: { workers_ai_account_id: 'somebody' } });
    expect(() => keepAtHome({ credential: credentialOf('workers-ai') }, url, workers)).toThrow('Invalid custom host');
    const own = credentialOf('workers-ai', ['api.cloudflare.com']);
    expect(() => keepAtHome({ credential: own }, url, workers)).not.toThrow();
  });
});
