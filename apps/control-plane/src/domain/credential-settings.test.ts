import { PROVIDERS_WITH_FIELDS, providerFields } from '@portolan/credential-rules';
import { createTrust } from '@portolan/egress-rules';
import { describe, expect, test } from 'vitest';
import { configurationsView, modelConfigView, readSettings, splitSettings } from './credential-settings.ts';

const trust = createTrust(['localhost']);
const read = (provider: string, given: Record<string, unknown>) => readSettings(provider, given, { trust });

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('settings of a credential', () => {
  test.each(PROVIDERS_WITH_FIELDS)('every field of %s is known by each of its spellings', (provider) => {
    for (const { name, camelName, kind } of providerFields(provider).fields) {
      if (kind !== 'text' || name.endsWith('_host') || name.endsWith('_url')) continue;
      for (const spelling of [name, camelName, snake(camelName)]) {
        expect(read(provider, { [spelling]: 'x' }).settings, spelling).toEqual({ [name]: 'x' });
      }
    }
  });

  test('what the provider does not have stays for the vault to refuse', () => {
    expect(read('openai', { awsRegion: 'eu' }).settings).toEqual({ awsRegion: 'eu' });
  });

  test.each([
    ['openai', 'custom_host', 'http://10.0.0.1/v1'],
    ['openai', 'customHost', 'http://169.254.169.254'],
    ['azure-ai', 'azureFoundryUrl', 'http://metadata.google.internal'],
    ['huggingface', 'huggingface_base_url', 'file:///etc/passwd'],
  ])('%s: %s may not lead to %s', (provider, name, url) => {
    expect(read(provider, { [name]: url }).problems).toEqual([{ path: name, message: expect.any(String) }]);
  });

  test('a trusted or public host passes', () => {
    expect(read('ollama', { custom_host: 'http://localhost:11434' }).problems).toEqual([]);
    expect(read('ollama', { customHost: 'https://llm.example/v1' }).settings).toEqual({
      custom_host: 'https://llm.example/v1',
    });
  });

  test('deployments are stored in one spelling and shown in that of virtual keys', () => {
    const { settings } = read('azure-openai', {
      deploymentConfig: [{ apiVersion: '2024-10-21', deploymentName: 'gpt', alias: 'a', is_default: true }],
    });
    expect(settings).toEqual({
      azure_deployment_config: [
        { azure_api_version: '2024-10-21', azure_deployment_name: 'gpt', alias: 'a', is_default: true },
      ],
    });
    expect(modelConfigView({ provider: 'azure-openai', settings: settings ?? {}, masked: {} })).toEqual({
      deployments: [{ apiVersion: '2024-10-21', deploymentName: 'gpt', alias: 'a', is_default: true }],
    });
  });

  test('what is wrong inside a deployment has its path', () => {
    const { problems } = readSettings(
      'azure-openai',
      { azure_deployment_config: [{ azure_deployment_name: 'x', version: '1' }] },
      { trust, prefix: 'configurations.' },
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'configurations.azure_deployment_config.0.azure_api_version',
      'configurations.azure_deployment_config.0',
    ]);
  });

  test('a service account may come as text', () => {
    const { settings } = read('vertex-ai', { vertexServiceAccountJson: '{"project_id":"p"}' });
    expect(settings).toEqual({ vertex_service_account_json: { project_id: 'p' } });
  });

  test('secrets and settings are told apart', () => {
    const all = { key: 'k', aws_region: 'eu', aws_secret_access_key: 's' };
    expect(splitSettings('bedrock', all)).toEqual({
      secrets: { key: 'k', aws_secret_access_key: 's' },
      others: { aws_region: 'eu' },
    });
  });

  test('each secret is shown by its mask, under a name that cannot be written back', () => {
    const credential = {
      provider: 'bedrock',
      settings: { aws_region: 'eu' },
      masked: { key: 'k********', aws_secret_access_key: 'se********' },
    };
    expect(configurationsView(credential)).toEqual({ aws_region: 'eu', masked_aws_secret_access_key: 'se********' });
    expect(modelConfigView(credential)).toEqual({ awsRegion: 'eu', masked_awsSecretAccessKey: 'se********' });
  });
});
