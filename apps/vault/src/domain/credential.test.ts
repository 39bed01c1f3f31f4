import { inspect } from 'node:util';
import { isHostPattern, PROVIDERS_WITH_FIELDS, providerFields } from '@portolan/credential-rules';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credentialRow } from '../testing/samples.ts';
import { draftCredential, InvalidCredential, maskedSecrets } from './credential.ts';

const secretsOf = (draft: ReturnType<typeof draftCredential>): Readonly<Record<string, string>> =>
  Object.fromEntries(draft.secrets.map(({ field, plain }) => [field, plain.reveal().toString()]));

const problemsOf = (
  settings: Readonly<Record<string, unknown>>,
  provider = 'openai',
  extraHosts: readonly string[] = [],
) => {
  try {
    draftCredential({ provider, settings, extraHosts });
  } catch (error) {
    if (error instanceof InvalidCredential) return error.problems;
    throw error;
  }
  return [];
};

test('an OpenAI credential: the key is a secret, organisation and project are not', () => {
  const draft = draftCredential({
    provider: 'openai',
    settings: { key: 'sk-1234567890', openaiOrganization: 'org', openai_project: 'proj' },
  });
  expect(secretsOf(draft)).toEqual({ key: 'sk-1234567890' });
  expect(draft.settings).toEqual({ openai_organization: 'org', openai_project: 'proj' });
  expect(draft.allowedHosts).toEqual(['api.openai.com']);
});

test('an Azure credential takes the names of both generations and is bound to its own resource', () => {
  const deployments = [{ deploymentName: 'gpt', apiVersion: '2024-10-21', alias: 'a', is_default: true }];
  const older = draftCredential({
    provider: 'azure-openai',
    settings: {
      key: 'azure-key-1',
      resourceName: 'team',
      deploymentConfig: deployments,
      azureEntraClientSecret: 'entra-secret',
    },
  });
  const newer = draftCredential({
    provider: 'azure-openai',
    settings: {
      key: 'azure-key-1',
      azure_resource_name: 'team',
      azure_deployment_config: deployments,
      azure_entra_client_secret: 'entra-secret',
    },
  });
  expect(older.settings).toEqual({ azure_resource_name: 'team', azure_deployment_config: deployments });
  expect(newer.settings).toEqual(older.settings);
  expect(secretsOf(older)).toEqual({ key: 'azure-key-1', azure_entra_client_secret: 'entra-secret' });
  expect(older.allowedHosts).toEqual(['team.openai.azure.com']);
});

test('a Bedrock credential: both parts of the access key are secrets, the role is not', () => {
  const draft = draftCredential({
    provider: 'bedrock',
    settings: {
      awsAccessKeyId: 'AKIAEXAMPLE',
      awsSecretAccessKey: 'secret/EXAMPLE',
      awsRegion: 'eu-central-1',
      awsRoleArn: 'arn:aws:iam::1:role/r',
    },
  });
  expect(Object.keys(secretsOf(draft))).toEqual(['aws_access_key_id', 'aws_secret_access_key']);
  expect(draft.settings).toEqual({ aws_region: 'eu-central-1', aws_role_arn: 'arn:aws:iam::1:role/r' });
});

test('a Vertex service account is one secret, and nothing of it is shown', () => {
  const account = { type: 'service_account', project_id: 'p', private_key: 'canary' };
  const draft = draftCredential({
    provider: 'vertex-ai',
    settings: { vertex_region: 'europe-west4', vertex_service_account_json: account, vertex_map_metadata: true },
  });
  expect(JSON.parse(secretsOf(draft).vertex_service_account_json ?? '')).toEqual(account);
  expect(draft.secrets[0]?.masked).toBe('********');
  expect(draft.settings).toEqual({ vertex_region: 'europe-west4', vertex_map_metadata: true });
});

test('custom headers are secrets of any provider, and a custom host is where they may go', () => {
  const draft = draftCredential({
    provider: 'modal',
    settings: { custom_headers: { 'modal-key': 'k', 'modal-secret': 's' }, customHost: 'https://x.modal.run:8443/v1' },
    extraHosts: ['*.eu.modal.run'],
  });
  expect(secretsOf(draft)).toEqual({ custom_headers: '{"modal-key":"k","modal-secret":"s"}' });
  expect(draft.allowedHosts).toEqual(['x.modal.run:8443', '*.eu.modal.run']);
});

test('settings that are null or empty count as absent', () => {
  const draft = draftCredential({
    provider: 'ollama',
    settings: { key: '', custom_host: null, customHost: undefined },
  });
  expect(draft).toEqual({ provider: 'ollama', settings: {}, secrets: [], allowedHosts: [], extraHosts: [] });
});

test.each([
  [{ keys: 'canary' }, ['"keys" is no setting of this provider. Did you mean "key"?']],
  [{ key: 7 }, ['"key" must be a string.']],
  [{ custom_headers: { a: 1 } }, ['"custom_headers" must be an object of strings.']],
  [{ openai_project: 'a', openaiProject: 'canary' }, ['"openai_project" is given twice.']],
  [{ custom_host: 'canary' }, ['"custom_host" must be an http or https URL without credentials.']],
  [{ custom_host: 'https://u:canary@h.example' }, ['"custom_host" must be an http or https URL without credentials.']],
  [{ key: 'k'.repeat(70_000) }, ['"key" must have at most 65536 bytes.']],
  [{ a: 1, b: 2 }, ['"a" is no setting of this provider.', '"b" is no setting of this provider.']],
  [{ constructor: 'canary' }, ['"constructor" is no setting of this provider.']],
])('bad settings are refused with every problem and no value: %o', (settings, problems) => {
  expect(problemsOf(settings)).toEqual(problems);
});

test('what becomes part of a host name cannot end the name early', () => {
  for (const value of ['evil.example/#', 'a b', 'a@b', 'a%23', 'a\\b']) {
    expect(problemsOf({ resourceName: value }, 'azure-openai')).toHaveLength(1);
  }
});

test('an allowed host must be one', () => {
  expect(problemsOf({}, 'openai', ['https://a.example/'])).toHaveLength(1);
  expect(problemsOf({}, 'openai', ['*'])).toHaveLength(1);
});

test('a key is shown by its first two and last three characters, a short one not at all', () => {
  const masks = (key: string) => draftCredential({ provider: 'openai', settings: { key } }).secrets[0]?.masked;
  expect(masks('sk-proj-1234567890')).toBe('sk********890');
  expect(masks('12345678')).toBe('********');
});

test('management sees the masks of the newest secrets, never a sealed text', () => {
  const version = (number: number, masked: string) => ({
    version: number,
    validUntilMs: null,
    secrets: [{ field: 'key', sealed: `v1.canary.${number}`, masked }],
  });
  const shown = maskedSecrets(
    credentialRow('c', { versions: [version(2, 'ne********new'), version(1, 'ol********old')] }),
  );
  expect(shown).toEqual({ key: 'ne********new' });
});

test('a draft prints none of its secrets', () => {
  const draft = draftCredential({
    provider: 'openai',
    settings: { key: 'sk-canary-0123456789', custom_headers: { a: 'canary' } },
  });
  const shown = inspect(draft, { depth: 9, showHidden: true }) + JSON.stringify(draft);
  expect(shown).not.toContain('canary');
  expect(shown).not.toContain(Buffer.from('canary').toString('hex'));
  expect(shown).not.toContain(Buffer.from('canary').join(','));
});

test.each(PROVIDERS_WITH_FIELDS)(
  'the table of %s names each setting once, and its hosts can stand in a list',
  (provider) => {
    const { fields, hosts } = providerFields(provider);
    const names = fields.flatMap(({ name, camelName }) => (name === camelName ? [name] : [name, camelName]));
    expect(new Set(names).size).toBe(names.length);
    expect(draftCredential({ provider, settings: {} }).allowedHosts.every(isHostPattern)).toBe(true);
    expect(hosts.every((host) => host === host.toLowerCase())).toBe(true);
  },
);

test.each([
  ['azure-openai', ['key', 'custom_headers', 'azure_entra_client_secret']],
  ['bedrock', ['key', 'custom_headers', 'aws_access_key_id', 'aws_secret_access_key', 'aws_external_id']],
  ['vertex-ai', ['key', 'custom_headers', 'vertex_service_account_json']],
  ['oracle', ['key', 'custom_headers', 'oracle_fingerprint', 'oracle_private_key', 'oracle_key_passphrase']],
  ['workers-ai', ['key', 'custom_headers']],
  ['a provider without settings of its own', ['key', 'custom_headers']],
])('the secrets of %s are %j', (provider, secrets) => {
  expect(
    providerFields(provider)
      .fields.filter(({ isSecret }) => isSecret)
      .map(({ name }) => name),
  ).toEqual(secrets);
});

test.each(['\u0000', 'a\ud800', '\udfffb'])(
  'a setting with a character that no database keeps is refused: %j',
  (value) => {
    const words = (name: string) => [`"${name}" has a character that cannot be kept.`];
    expect(problemsOf({ openai_project: value })).toEqual(words('openai_project'));
    expect(problemsOf({ key: value })).toEqual(words('key'));
    expect(problemsOf({ custom_headers: { a: value } })).toEqual(words('custom_headers'));
  },
);

test('text that only looks like such a character is kept', () => {
  for (const value of ['\\u0000', 'C:\\\\ud800', '\ud83d\ude00']) {
    expect(problemsOf({ openai_project: value, key: value })).toEqual([]);
  }
});

test('settings that would not fit into one answer are refused, also when they come by and by', () => {
  const large = 'x'.repeat(200_000);
  expect(problemsOf({ openai_project: large })).toEqual([]);
  expect(problemsOf({ openai_project: large, openai_organization: large })).toEqual([
    'The settings that are no secrets must have at most 262144 bytes.',
  ]);
});

test('a mask is whole text, whatever the secret is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
      const [secret] = draftCredential({ provider: 'openai', settings: { key } }).secrets;
      expect(Buffer.from(secret?.masked ?? '', 'utf8').toString('utf8')).toBe(secret?.masked);
      if (key.length > 0) expect(secret?.masked).toContain('********');
    }),
  );
});
