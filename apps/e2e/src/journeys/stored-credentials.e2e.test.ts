import { type StandIn, startStandIn } from '@portolan/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../set-up/json.ts';
import { manage, saveConfig } from '../set-up/manage.ts';
import { nodeManagement, pythonManagement, successOf } from '../set-up/management-sdks.ts';
import { type Platform, startPlatform } from '../set-up/platform.ts';
import { modelAsked } from '../set-up/providers.ts';
import { pythonProblem, runPython } from '../set-up/python.ts';

let platform: Platform;
let openai: StandIn;
let anthropic: StandIn;
beforeAll(async () => {
  [platform, openai, anthropic] = await Promise.all([
    startPlatform(),
    startStandIn('openai', { apiKey: 'sk-stored-openai' }),
    startStandIn('anthropic', { apiKey: 'sk-stored-anthropic' }),
  ]);
});
afterAll(async () => {
  await Promise.all([platform?.stop(), openai?.close(), anthropic?.close()]);
});

const SERVICE_ACCOUNT = { type: 'service_account', client_email: 'x@y.iam', private_key: 'a-private-key-of-google' };

/** Keys as people store them: what is sent, what may be seen of it, and what must never be. */
const SHAPES = [
  {
    name: 'openai',
    fields: { provider: 'openai', key: 'sk-secret-openai-0123456789' },
    shown: {},
    hidden: 'secret-openai',
  },
  {
    name: 'anthropic',
    fields: { provider: 'anthropic', key: 'sk-ant-secret-anthropic-0123' },
    shown: {},
    hidden: 'secret-anthropic',
  },
  {
    name: 'azure',
    fields: {
      provider: 'azure-openai',
      key: 'azure-secret-0123456789',
      resourceName: 'harbour',
      deploymentName: 'gpt-4o',
      apiVersion: '2024-10-21',
    },
    shown: { resourceName: 'harbour', deploymentName: 'gpt-4o', apiVersion: '2024-10-21' },
    hidden: 'azure-secret',
  },
  {
    name: 'bedrock',
    fields: {
      provider: 'bedrock',
      awsAccessKeyId: 'AKIA-secret-id',
      awsSecretAccessKey: 'aws-secret-0123456789',
      awsRegion: 'eu-west-1',
    },
    shown: { awsRegion: 'eu-west-1' },
    hidden: 'aws-secret',
  },
  {
    name: 'vertex',
    fields: {
      provider: 'vertex-ai',
      vertexProjectId: 'harbour-1',
      vertexRegion: 'europe-west4',
      vertexServiceAccountJson: SERVICE_ACCOUNT,
    },
    shown: { vertexProjectId: 'harbour-1', vertexRegion: 'europe-west4' },
    hidden: 'a-private-key-of-google',
  },
];

describe.each([nodeManagement, pythonManagement])('$name', (sdk) => {
  it.skipIf(!sdk.canRun).each(SHAPES)(
    'keeps the credential of $name, and shows no secret',
    async ({ name, fields, shown, hidden }) => {
      const made = successOf(
        await sdk.call(platform, 'virtual_keys.create', { name: `${name} of ${sdk.name}`, ...fields }),
      );
      const slug = String(at(made, 'slug'));
      const found = successOf(await sdk.call(platform, 'virtual_keys.retrieve', { slug }));
      expect(found).toMatchObject({ slug, ai_provider_name: fields.provider, model_config: shown });
      const listed = await manage(platform, 'GET', '/virtual-keys?page_size=100');
      expect(JSON.stringify([found, listed.body])).not.toContain(hidden);
    },
  );
});

describe('LlamaIndex', () => {
  const chat = async (headers: object) =>
    (
      await runPython('llama_index_calls.py', {
        options: { base_url: platform.apiUrl, api_key: platform.apiKey, headers },
        calls: [{ id: 'chat', method: 'chat', prompt: 'hello' }],
      })
    ).get('chat');

  beforeAll(async () => {
    const kept = [
      { slug: 'llama-openai', provider: 'openai', key: 'sk-stored-openai', custom_host: openai.url },
      { slug: 'llama-anthropic', provider: 'anthropic', key: 'sk-stored-anthropic', custom_host: anthropic.url },
    ];
    for (const fields of kept) {
      expect((await manage(platform, 'POST', '/virtual-keys', { name: fields.slug, ...fields })).status).toBe(200);
    }
  });

  it.skipIf(pythonProblem !== '')(`${pythonProblem}calls with a virtual key`, async () => {
    const result = await chat({ virtual_key: 'llama-openai' });
    expect(result?.error).toBeNull();
    expect(at(result?.value, 'text')).toBe('You said: hello');
  });

  it.skipIf(pythonProblem !== '')(`${pythonProblem}calls with a saved config by its slug`, async () => {
    const config = await saveConfig(platform, 'Claude for all', {
      virtual_key: 'llama-anthropic',
      override_params: { model: 'claude-3-opus-20240229', max_tokens: 64 },
    });
    const result = await chat({ config });
    expect(result?.error).toBeNull();
    expect(at(result?.value, 'text')).toBe('You said: hello');
    expect(anthropic.requests.map(modelAsked)).toEqual(['claude-3-opus-20240229']);
  });
});
