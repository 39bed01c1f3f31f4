import { PROVIDERS_WITH_FIELDS, providerFields } from '@portolan/credential-rules';
import { expect, test } from 'vitest';
import { holdsSecret, isSecretName } from './secret-names.ts';

/** What a target of a config may hold that lets somebody in. */
const OF_TARGETS = [
  'api_key',
  'azure_ad_token',
  'azure_entra_client_secret',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'aws_external_id',
  'vertex_service_account_json',
  'oracle_fingerprint',
  'oracle_private_key',
  'oracle_key_passphrase',
];

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

test.each(OF_TARGETS)('%s is a secret in every spelling and at any depth', (name) => {
  for (const spelled of [name, camel(name), name.replaceAll('_', '-'), name.toUpperCase()]) {
    expect(isSecretName(spelled), spelled).toBe(true);
    expect(holdsSecret({ [spelled]: 'x' })).toBe(true);
    expect(
      holdsSecret({ strategy: {}, targets: [{ virtual_key: 'v' }, { targets: [{ [spelled]: { deep: 1 } }] }] }),
    ).toBe(true);
  }
});

test('so is every setting that a provider keeps secret', () => {
  for (const provider of [...PROVIDERS_WITH_FIELDS, 'anthropic']) {
    for (const { name, camelName, isSecret } of providerFields(provider).fields) {
      if (isSecret) expect([isSecretName(name), isSecretName(camelName)], `${provider} ${name}`).toEqual([true, true]);
    }
  }
});

test('a tool that brings its own way in is not overlooked', () => {
  const tools = (tool: object) => ({ virtual_key: 'v', override_params: { tools: [{ type: 'mcp', ...tool }] } });
  expect(holdsSecret(tools({ authorization: 'Bearer x' }))).toBe(true);
  expect(holdsSecret(tools({ headers: { 'x-anything': 'x' } }))).toBe(true);
  expect(holdsSecret(tools({ server_url: 'https://example.com' }))).toBe(false);
});

test('what holds none is not sealed for nothing: names of keys, limits of tokens, empty places', () => {
  for (const config of [
    { virtual_key: 'main', override_params: { max_tokens: 5, model: 'm' }, forward_headers: ['x-team'] },
    { strategy: { mode: 'fallback' }, targets: [{ provider: '@a' }, { virtual_key: 'b', api_key: null }] },
    { provider: 'openai', aws_region: 'x', azure_entra_client_id: 'id', first_token_timeout: 5 },
  ]) {
    expect(holdsSecret(config)).toBe(false);
  }
});
