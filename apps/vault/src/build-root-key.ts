import { readFile } from 'node:fs/promises';
import { type Clock, Secret } from '@portolan/service-kit';
import * as z from 'zod';
import { containerCredentials } from './adapters/root-key/aws-credentials.ts';
import { awsKmsRootKey } from './adapters/root-key/aws-kms.ts';
import type { AwsCredentials } from './adapters/root-key/aws-signature.ts';
import { azureKeyVaultRootKey } from './adapters/root-key/azure-key-vault.ts';
import { environmentRootKey } from './adapters/root-key/environment.ts';
import { fileRootKey } from './adapters/root-key/file.ts';
import { googleCloudKmsRootKey } from './adapters/root-key/google-cloud-kms.ts';
import { rootKeyOf } from './adapters/root-key/key-material.ts';
import { azureManagedIdentityToken, googleMetadataToken, tokenFile } from './adapters/root-key/token-sources.ts';
import { transitRootKey } from './adapters/root-key/transit.ts';
import type { VaultConfig } from './config.ts';
import { InvalidRootKey, type RootKey, type WrappingKey } from './ports/root-key.ts';

type LoadRootKey = () => Promise<RootKey>;
type MakeLoader = (config: VaultConfig, clock: Clock) => LoadRootKey;

const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InvalidRootKey(`${path}: cannot be read.`, { cause });
  });

const awsCredentials = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
});

/** Read for each call, because whoever renews them writes the file anew. The parser's own words would quote it. */
const awsCredentialsFile = (path: string) => async (): Promise<AwsCredentials> => {
  const text = await readText(path);
  const parsed = z
    .string()
    .transform((json, context): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        context.addIssue({ code: 'custom', message: 'no JSON' });
        return z.NEVER;
      }
    })
    .pipe(awsCredentials)
    .safeParse(text);
  if (!parsed.success) throw new InvalidRootKey(`${path}: holds no AWS credentials.`);
  const { accessKeyId, secretAccessKey, sessionToken } = parsed.data;
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
  };
};

/** A variable that the schema has made sure of. */
const given = (config: VaultConfig, name: keyof VaultConfig): string => {
  const value = config[name];
  if (typeof value !== 'string') throw new InvalidRootKey(`${name}: is missing.`);
  return value;
};

/** With a key service, the key before the move to it still opens what it wrapped. */
const withKeyBefore =
  (config: VaultConfig, current: () => WrappingKey | Promise<WrappingKey>): LoadRootKey =>
  async () => {
    const { VAULT_ROOT_KEY_BEFORE_FILE: before } = config;
    const previous = before === undefined ? undefined : (await fileRootKey(before)).current;
    return rootKeyOf(await current(), previous, 'the root key');
  };

const settingsOf = (config: VaultConfig) => {
  const { VAULT_KMS_ENDPOINT: endpoint, VAULT_KMS_TIMEOUT_MS: timeoutMs } = config;
  return { id: given(config, 'VAULT_KMS_ID'), timeoutMs, ...(endpoint === undefined ? {} : { endpoint }) };
};

const LOADERS: Readonly<Record<VaultConfig['VAULT_ROOT_KEY'], MakeLoader>> = {
  file: (config) => () => fileRootKey(given(config, 'VAULT_ROOT_KEY_FILE')),

  environment: (config) => async () => {
    const { VAULT_ROOT_KEY_PREVIOUS: previous } = config;
    return environmentRootKey({
      current: new Secret(given(config, 'VAULT_ROOT_KEY_CURRENT')),
      ...(previous === undefined ? {} : { previous: new Secret(previous) }),
    });
  },

  'aws-kms': (config, clock) => {
    const { VAULT_KMS_AWS_CREDENTIALS_FILE: path, VAULT_KMS_TIMEOUT_MS: timeoutMs } = config;
    const credentials =
      path === undefined
        ? containerCredentials({
            url: given(config, 'AWS_CONTAINER_CREDENTIALS_FULL_URI'),
            token: tokenFile(given(config, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')),
            timeoutMs,
            clock,
          })
        : awsCredentialsFile(path);
    const [keyId, region] = [given(config, 'VAULT_KMS_KEY'), given(config, 'VAULT_KMS_REGION')];
    return withKeyBefore(config, () => awsKmsRootKey({ ...settingsOf(config), keyId, region, credentials, clock }));
  },

  'gcp-kms': (config, clock) => {
    const { VAULT_KMS_TOKEN_FILE: path, VAULT_KMS_TIMEOUT_MS: timeoutMs } = config;
    const token = path === undefined ? googleMetadataToken({ timeoutMs, clock }) : tokenFile(path);
    const keyName = given(config, 'VAULT_KMS_KEY');
    return withKeyBefore(config, () => googleCloudKmsRootKey({ ...settingsOf(config), keyName, token }));
  },

  'azure-key-vault': (config, clock) => {
    const { VAULT_KMS_TOKEN_FILE: path, VAULT_KMS_AZURE_CLIENT_ID: clientId, VAULT_KMS_TIMEOUT_MS: timeoutMs } = config;
    const identity = { timeoutMs, clock, ...(clientId === undefined ? {} : { clientId }) };
    const token = path === undefined ? azureManagedIdentityToken(identity) : tokenFile(path);
    return withKeyBefore(config, async () =>
      azureKeyVaultRootKey({
        id: given(config, 'VAULT_KMS_ID'),
        keyUrl: given(config, 'VAULT_KMS_KEY'),
        wrappedRootKey: (await readText(given(config, 'VAULT_KMS_WRAPPED_KEY_FILE'))).trim(),
        token,
        timeoutMs,
      }),
    );
  },

  transit: (config) => {
    const { VAULT_KMS_TRANSIT_MOUNT: mount, VAULT_KMS_TRANSIT_NAMESPACE: namespace } = config;
    return withKeyBefore(config, () =>
      transitRootKey({
        id: given(config, 'VAULT_KMS_ID'),
        address: given(config, 'VAULT_KMS_ENDPOINT'),
        mount,
        keyName: given(config, 'VAULT_KMS_KEY'),
        token: tokenFile(given(config, 'VAULT_KMS_TOKEN_FILE')),
        timeoutMs: config.VAULT_KMS_TIMEOUT_MS,
        ...(namespace === undefined ? {} : { namespace }),
      }),
    );
  },
};

/** How the root key is loaded, at the start and whenever it may have changed. @throws InvalidRootKey */
export const rootKeyLoader = (config: VaultConfig, clock: Clock): LoadRootKey =>
  LOADERS[config.VAULT_ROOT_KEY](config, clock);
