import { envInteger } from '@portolan/service-kit';
import * as z from 'zod';

const file = (words: string) => z.string().optional().describe(words);

/** Everything the vault reads from its environment. Secrets come by file, apart from a root key that an environment must hold. */
export const vaultEnv = z
  .object({
    VAULT_HOST: z.string().default('127.0.0.1').describe('Address that gRPC is served on.'),
    VAULT_PORT: envInteger({ min: 0, max: 65_535, whenAbsent: 7443 }).describe('Port of gRPC; 0 takes a free one.'),
    VAULT_HEALTH_HOST: z.string().default('127.0.0.1').describe('Address of the health and metrics listener.'),
    VAULT_HEALTH_PORT: z
      .union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)])
      .default(9091)
      .describe('Port of /livez, /readyz and /metrics; `off` leaves them out.'),
    VAULT_STORE: z
      .enum(['postgres', 'embedded'])
      .default('postgres')
      .describe('Where records are kept: a PostgreSQL server, or a data folder that one instance owns.'),
    VAULT_DATABASE_URL: file('With `postgres`: `postgres://user@host:port/database?sslmode=…`.'),
    VAULT_DATABASE_PASSWORD_FILE: file('File with the password for that URL.'),
    VAULT_DATABASE_CONNECTIONS: envInteger({ min: 2, max: 1_000, whenAbsent: 10 }).describe(
      'Connections to the database at most.',
    ),
    VAULT_DATA_DIR: file('With `embedded`: folder of the database.'),
    VAULT_ROOT_KEY: z
      .enum(['file', 'environment', 'aws-kms', 'gcp-kms', 'azure-key-vault', 'transit'])
      .default('file')
      .describe('Where the root key is.'),
    VAULT_ROOT_KEY_FILE: file(
      'With `file`: JSON `{"current":{"id":"…","key":"<base64 of 32 bytes>"},"previous":…}`, readable by owner and group only.',
    ),
    VAULT_ROOT_KEY_CURRENT: file(
      'With `environment`: `<id>:<base64 of 32 bytes>`. A file is better where there is a choice.',
    ),
    VAULT_ROOT_KEY_PREVIOUS: file('With `environment`, during a rotation: the key before.'),
    VAULT_ROOT_KEY_BEFORE_FILE: file(
      'While moving from a file to a key service: file of the root key before, in the form of `VAULT_ROOT_KEY_FILE`.',
    ),
    VAULT_KMS_ID: file('With a key service: our name for the key, which stands in all it wraps.'),
    VAULT_KMS_KEY: file(
      'With a key service: the key there. An ARN, `projects/…/cryptoKeys/…`, an Azure key URL with version, or a transit key name.',
    ),
    VAULT_KMS_REGION: file('With `aws-kms`: the region.'),
    VAULT_KMS_ENDPOINT: file('Base URL of the key service. Required with `transit`; the public one otherwise.'),
    VAULT_KMS_TOKEN_FILE: file(
      'File with the token for the key service. Required with `transit`; otherwise the metadata service gives one.',
    ),
    VAULT_KMS_AWS_CREDENTIALS_FILE: file(
      'With `aws-kms`: JSON `{"accessKeyId","secretAccessKey","sessionToken"}`; otherwise the container credentials of AWS.',
    ),
    VAULT_KMS_WRAPPED_KEY_FILE: file('With `azure-key-vault`: the root key, wrapped by the key there, as base64url.'),
    VAULT_KMS_AZURE_CLIENT_ID: file('With `azure-key-vault`: which managed identity, where there are several.'),
    VAULT_KMS_TRANSIT_MOUNT: z.string().default('transit').describe('With `transit`: where the engine is mounted.'),
    VAULT_KMS_TRANSIT_NAMESPACE: file('With `transit`: the namespace.'),
    VAULT_KMS_TIMEOUT_MS: envInteger({ min: 100, max: 60_000, whenAbsent: 5_000 }).describe(
      'Longest wait for one answer of the key service.',
    ),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: file('Set by AWS in a pod or task.'),
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('Set by AWS in a pod or task.'),
    VAULT_KEY_LIFETIME_MS: envInteger({ min: 1_000, max: 86_400_000, whenAbsent: 86_400_000 }).describe(
      'How long an unwrapped tenant key stays in memory, and so how long a key service may be away.',
    ),
    VAULT_TLS_DIR: file(
      'Folder with tls.crt, tls.key and ca.crt for mutual TLS; looked at again as time passes. This or the tokens are required.',
    ),
    VAULT_LOOPBACK_TOKENS_FILE: file(
      'JSON of identity to token, for plaintext that stays on this machine. A standalone platform writes it.',
    ),
    VAULT_NAMESPACE: z
      .string()
      .regex(/^[a-z0-9-]{1,63}$/)
      .default('portolan')
      .describe('Namespace that the default identities are in.'),
    VAULT_IDENTITIES: file(
      'JSON of identity to names in certificates, `DNS:…` or `URI:…`. Absent: gateway, control-plane and operator by their DNS and SPIFFE names in the namespace.',
    ),
    VAULT_AUDIT_FILE: file(
      'File of the audit as JSON lines, beside the one in the database. Absent: in the data folder, or none with `postgres`.',
    ),
    VAULT_FRESH_FOR_MS: envInteger({ min: 1_000, max: 86_400_000, whenAbsent: 300_000 }).describe(
      'How long gateways use a credential before they ask again.',
    ),
    VAULT_USABLE_FOR_MS: envInteger({ min: 1_000, max: 604_800_000, whenAbsent: 86_400_000 }).describe(
      'How long they use it while the vault cannot be reached.',
    ),
    VAULT_DRAIN_DELAY_MS: envInteger({ min: 0, max: 600_000, whenAbsent: 1_000 }).describe(
      'Accepting on after SIGTERM, until callers have noticed.',
    ),
    VAULT_DRAIN_GRACE_MS: envInteger({ min: 0, max: 3_600_000, whenAbsent: 10_000 }).describe(
      'Time for calls in flight after SIGTERM.',
    ),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
      .default('info')
      .describe('Least severe line that is written.'),
  })
  .superRefine((env, context) => {
    for (const variable of missingIn(env)) {
      context.addIssue({ code: 'custom', path: [variable], message: 'is required with the other settings' });
    }
  });

type Env = Readonly<Record<string, unknown>>;
type Requirement = readonly [variable: string, value: string, ...needed: readonly string[]];

/** What each choice needs besides. */
const REQUIREMENTS: readonly Requirement[] = [
  ['VAULT_STORE', 'postgres', 'VAULT_DATABASE_URL'],
  ['VAULT_STORE', 'embedded', 'VAULT_DATA_DIR'],
  ['VAULT_ROOT_KEY', 'file', 'VAULT_ROOT_KEY_FILE'],
  ['VAULT_ROOT_KEY', 'environment', 'VAULT_ROOT_KEY_CURRENT'],
  ['VAULT_ROOT_KEY', 'aws-kms', 'VAULT_KMS_ID', 'VAULT_KMS_KEY', 'VAULT_KMS_REGION'],
  ['VAULT_ROOT_KEY', 'gcp-kms', 'VAULT_KMS_ID', 'VAULT_KMS_KEY'],
  ['VAULT_ROOT_KEY', 'azure-key-vault', 'VAULT_KMS_ID', 'VAULT_KMS_KEY', 'VAULT_KMS_WRAPPED_KEY_FILE'],
  ['VAULT_ROOT_KEY', 'transit', 'VAULT_KMS_ID', 'VAULT_KMS_KEY', 'VAULT_KMS_ENDPOINT', 'VAULT_KMS_TOKEN_FILE'],
];

const missingIn = (env: Env): readonly string[] => [
  ...REQUIREMENTS.filter(([variable, value]) => env[variable] === value)
    .flatMap(([, , ...needed]) => needed)
    .filter((variable) => env[variable] === undefined),
  ...(env.VAULT_TLS_DIR === undefined && env.VAULT_LOOPBACK_TOKENS_FILE === undefined ? ['VAULT_TLS_DIR'] : []),
];

export type VaultConfig = z.output<typeof vaultEnv>;
